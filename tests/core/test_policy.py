"""Who may use Confab, and whom it may ring."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.inputs import Person
from bot.core.policy import MOST_PEOPLE, Member, Place, Rules, admit, may_ring, may_start
from bot.core.replies import Refusal
from bot.core.roles import Role

RULES = Rules("T1", frozenset({"US", "DE"}), "US")
FULL = Member("T1")


def person(number: str) -> Person:
    return Person("Ana", number)


def test_a_full_member_of_the_workspace_may() -> None:
    assert admit(RULES, FULL, "T1") == (Role.MEMBER, True)


def test_admins_of_the_workspace_are_admins() -> None:
    assert admit(RULES, Member("T1", admin=True), "T1") == (Role.ADMIN, True)


CIRCLES = ("S_ADMINS", "C_OPS", "S_PEOPLE", "U_SELF", "S_OTHER")
SOME = st.frozensets(st.sampled_from(CIRCLES))


@given(
    st.builds(
        Member,
        team=st.sampled_from(["T1", "T2", ""]),
        bot=st.booleans(),
        deleted=st.booleans(),
        guest=st.booleans(),
        stranger=st.booleans(),
        admin=st.booleans(),
        belongs=SOME,
        unsure=SOME,
    ),
    st.sampled_from(["T1", "T2", ""]),
    st.builds(replace, st.just(RULES), admins=SOME, operators=SOME, people=SOME),
)
def test_no_mixture_lets_anybody_else_in(member: Member, said_team: str, rules: Rules) -> None:
    """An admin of theirs, a guest in a group of ours: one reason to be refused is enough."""
    full = (member.team, said_team) == ("T1", "T1")
    full &= not (member.bot or member.deleted or member.guest or member.stranger)
    try:
        standing = admit(rules, member, said_team)
    except Refusal:
        assert not full or (rules.people and not member.belongs & (rules.people | rules.operators | rules.admins))
    else:
        assert full
        assert standing.role >= Role.MEMBER
        assert (standing.role is Role.ADMIN) is bool(member.admin or member.belongs & rules.admins)
        assert standing.role is not Role.OPERATOR or member.belongs & rules.operators


def test_who_is_in_a_named_group_is_more_than_a_member() -> None:
    rules = replace(RULES, admins=frozenset({"S1"}), operators=frozenset({"U7", "C1"}))
    assert admit(rules, replace(FULL, belongs=frozenset({"U7"})), "T1").role is Role.OPERATOR
    assert admit(rules, replace(FULL, belongs=frozenset({"U8", "C1"})), "T1").role is Role.OPERATOR
    assert admit(rules, replace(FULL, belongs=frozenset({"U7", "S1"})), "T1").role is Role.ADMIN
    assert admit(rules, replace(FULL, belongs=frozenset({"U8"})), "T1").role is Role.MEMBER


def test_what_slack_does_not_tell_gives_no_power() -> None:
    rules = replace(RULES, operators=frozenset({"S1"}))
    assert admit(rules, replace(FULL, unsure=frozenset({"S1"})), "T1") == (Role.MEMBER, False)
    with pytest.raises(Refusal, match="try again") as refused:
        admit(replace(RULES, people=frozenset({"S1"})), replace(FULL, unsure=frozenset({"S1"})), "T1")
    assert refused.value.code == "later"


def test_only_the_named_may_when_some_are_named() -> None:
    rules = replace(RULES, people=frozenset({"U1", "S2"}), operators=frozenset({"U3"}))
    for belongs in ({"U1"}, {"U9", "S2"}, {"U3"}):
        assert admit(rules, replace(FULL, belongs=frozenset(belongs)), "T1").role >= Role.MEMBER
    assert admit(rules, replace(FULL, admin=True), "T1").role is Role.ADMIN
    with pytest.raises(Refusal, match="some people of this workspace only"):
        admit(rules, replace(FULL, belongs=frozenset({"U9"})), "T1")


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (Place("C1", "ops", shared=False), ""),
        (Place("C1", "ops", shared=True), "another company"),
        (Place("C1"), "I cannot see whether"),
        (Place("C2", "acme", shared=True), ""),
        (Place("C2"), ""),
        (Place("C3", "other", shared=False), "not started in this channel, but in #ops or #acme"),
        (Place("C3"), "not started in this channel"),
        (Place("", ""), "not started in this channel"),
    ],
)
def test_where_a_conference_may_be_started(place: Place, why: str) -> None:
    rules = replace(RULES, channels=frozenset({"C1", "C2"}), shared_channels=frozenset({"C2"}))
    if not why:
        may_start(rules, place)
        return
    with pytest.raises(Refusal, match=why) as refused:
        may_start(rules, place, ["ops", "", "acme"])
    assert refused.value.example


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
