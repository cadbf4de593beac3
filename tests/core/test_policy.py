"""Who may use Confab, and whom it may ring."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.inputs import Person
from bot.core.policy import MOST_PEOPLE, Member, Rules, admit, may_ring
from bot.core.replies import Refusal
from bot.core.roles import Role

RULES = Rules("T1", frozenset({"US", "DE"}), "US")
FULL = Member("T1")


def person(number: str) -> Person:
    return Person("Ana", number)


def test_a_full_member_of_the_workspace_may() -> None:
    assert admit(RULES, FULL, "T1") is Role.MEMBER


def test_admins_of_the_workspace_are_admins() -> None:
    assert admit(RULES, Member("T1", admin=True), "T1") is Role.ADMIN


@given(
    st.builds(
        Member,
        team=st.sampled_from(["T1", "T2", ""]),
        bot=st.booleans(),
        deleted=st.booleans(),
        guest=st.booleans(),
        stranger=st.booleans(),
        admin=st.booleans(),
    ),
    st.sampled_from(["T1", "T2", ""]),
)
def test_no_mixture_lets_anybody_else_in(member: Member, said_team: str) -> None:
    """An admin of theirs, a guest of ours: one reason to be refused is enough."""
    full = (member.team, said_team) == ("T1", "T1")
    full &= not (member.bot or member.deleted or member.guest or member.stranger)
    try:
        assert admit(RULES, member, said_team) >= Role.MEMBER
        assert full
    except Refusal:
        assert not full


@pytest.mark.parametrize(
    ("member", "said_team", "why"),
    [
        (None, "T1", "Only people of this workspace"),
        (Member("T1", bot=True), "T1", "Only people of this workspace"),
        (Member("T1", deleted=True), "T1", "Only people of this workspace"),
        (Member("T2"), "T2", "another workspace"),
        (Member("T2"), "T1", "another workspace"),
        (Member(""), "", "another workspace"),
        (FULL, "T2", "another workspace"),
        (FULL, "", "another workspace"),
        (Member("T1", guest=True), "T1", "Guests cannot"),
        (Member("T1", stranger=True), "T1", "Guests cannot"),
    ],
)
def test_nobody_else_may(member: Member | None, said_team: str, why: str) -> None:
    with pytest.raises(Refusal, match=why) as refused:
        admit(RULES, member, said_team)
    assert refused.value.code == "forbidden"


def test_before_the_workspace_is_known_nobody_may() -> None:
    with pytest.raises(Refusal):
        admit(Rules("", frozenset(), "US"), Member(""), "")


@pytest.mark.parametrize("number", ["+12125550199", "+493012345678", "+15551234567"])
def test_a_number_of_an_allowed_country_is_rung(number: str) -> None:
    may_ring(RULES, [person(number)])


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("+442079460000", "number in GB"),
        ("+19005550199", "premium-rate"),
        ("+881612345678", "satellite"),
    ],
)
def test_others_are_not_rung(number: str, why: str) -> None:
    with pytest.raises(Refusal, match=why) as refused:
        may_ring(RULES, [person(number)])
    assert refused.value.code == "forbidden"


def test_one_refused_number_keeps_all_from_being_rung() -> None:
    with pytest.raises(Refusal) as refused:
        may_ring(RULES, [person("+12125550199"), person("+442079460000"), person("+442079460001")])
    assert refused.value.wrong.startswith("Nobody was rung.")
    assert "…0000" in refused.value.wrong
    assert "…0001" in refused.value.wrong
    assert "0199" not in refused.value.wrong


def test_a_refusal_shows_no_number_in_full() -> None:
    with pytest.raises(Refusal) as refused:
        may_ring(RULES, [person("+442079460000")])
    assert "2079460000" not in refused.value.wrong


def test_as_many_as_allowed_are_rung_and_not_one_more() -> None:
    people = [person("+12125550199")] * MOST_PEOPLE
    may_ring(RULES, people)
    with pytest.raises(Refusal, match=f"at most {MOST_PEOPLE}"):
        may_ring(RULES, [*people, people[0]])
