FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY bot bot
COPY web web

# The SQLite file lives in the volume; everything else is read only to this user.
RUN useradd --user-group --no-create-home --uid 10001 confab && install -d -o confab -g confab /data
USER confab
VOLUME /data
ENV DATABASE_URL=sqlite:////data/confab.db HOST=0.0.0.0 PORT=8000
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
CMD ["python", "-m", "web", "serve"]
