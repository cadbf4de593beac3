"""Who may do what in a conference: every verb for every role, and how people come by a role."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import policy, verbs
from bot.core.inputs import API, Person, Request, Where
from bot.core.replies import Refusal
from bot.core.roles import May, Role
from tests.core.memory_world import HOST, World, named, request

BO = Person("Bo", "+12125550122", "U1")
CY = Person("Cy", "+12125550133", "U2")

# What each verb takes; written down once more, so that no permission changes by accident.
TAKES = {
    Role.MEMBER: "create invite join redial status details pin number contacts whoami forget help",
    Role.PARTICIPANT: "skip mute unmute say play record dtmf rename recording",
    Role.HOST: "hold unhold kick lock unlock host carry end",
    Role.OPERATOR: "",
    Role.ADMIN: "stop-all",
}
WITH_WORDS = {"mute all": Role.HOST, "mute others": Role.HOST, "unmute all": Role.HOST, "unmute others": Role.HOST}
WITH_WORDS |= {"pin new": Role.HOST, "pin off": Role.HOST, "pin show": Role.MEMBER}


def asked(sentence: str, role: Role) -> tuple[verbs.Verb, Request, World]:
    """The sentence as somebody of this role says it. Hana is the host, and Bo is in the room with her."""
    world = World(HOST, BO)
    world.came_in("Hana")
    world.came_in("Bo")
    actor = {Role.PARTICIPANT: BO, Role.HOST: HOST}.get(role, CY)
    standing = role if role not in {Role.PARTICIPANT, Role.HOST} else Role.MEMBER
    verb, _, rest = sentence.partition(" ")
    return verbs.VERBS[verb], Request("key", verb, actor, Where(channel="C1"), rest=rest, standing=standing), world


def allowed(sentence: str, role: Role) -> bool:
    verb, said, world = asked(sentence, role)
    try:
        got = policy.allow(verb, said, world.whole() if verb.needs.one else None)
    except Refusal:
        return False
    assert got == role or not verb.needs.one
    return True


def test_the_list_names_every_verb_once() -> None:
    listed = [verb for said in TAKES.values() for verb in said.split()]
    assert sorted(listed) == sorted(verbs.VERBS)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("verb", "takes"), [(verb, role) for role, said in TAKES.items() for verb in said.split()])
def test_every_verb_for_every_role(verb: str, takes: Role, role: Role) -> None:
    assert allowed(verb, role) is (role >= takes)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("sentence", "takes"), WITH_WORDS.items())
def test_words_that_take_a_higher_role(sentence: str, takes: Role, role: Role) -> None:
    assert allowed(sentence, role) is (role >= takes)
    verb, word = sentence.split()
    assert allowed(f"{verb} {word.upper()}", role) is (role >= takes)


@pytest.mark.parametrize("name", ["all", "All", "OTHERS"])
def test_everybody_named_in_quotes_takes_the_same_role(name: str) -> None:
    """The words as typed are not what counts: who is meant does."""
    verb, said, world = asked("mute", Role.PARTICIPANT)
    with pytest.raises(Refusal, match="for the host"):
        policy.allow(verb, replace(said, people=(named(name),)), world.whole())


@given(
    st.sampled_from(Role), st.dictionaries(st.text(max_size=4), st.sampled_from(Role)), st.lists(st.text(max_size=4))
)
def test_words_never_lower_what_a_verb_takes(role: Role, words: dict[str, Role], said: list[str]) -> None:
    assert May(role, words).needed(said) >= role


def role_of(world: World, who: Person, standing: Role = Role.MEMBER) -> Role:
    return policy.role_in(replace(request("status", actor=who), standing=standing), world.whole())


def test_who_is_in_has_the_hosts_rights_while_the_host_is_not() -> None:
    world = World(HOST, BO, CY)
    world.came_in("Bo")
    assert [role_of(world, who) for who in (HOST, BO, CY)] == [Role.HOST, Role.HOST, Role.PARTICIPANT]
    world.came_in("Hana")
    assert [role_of(world, who) for who in (HOST, BO, CY)] == [Role.HOST, Role.PARTICIPANT, Role.PARTICIPANT]
    world.hung_up("Hana")
    assert [role_of(world, who) for who in (HOST, BO, CY)] == [Role.HOST, Role.HOST, Role.PARTICIPANT]
    world.hung_up("Bo")
    assert role_of(world, BO) is Role.PARTICIPANT


def test_who_dialled_in_from_their_own_phone_is_a_participant() -> None:
    world = World(HOST)
    world.came_in("Hana")
    world.calls_in("+12125550122")
    assert role_of(world, BO) is Role.PARTICIPANT
    assert role_of(world, replace(CY, others=("+12125550122",))) is Role.PARTICIPANT
    assert role_of(world, CY) is Role.MEMBER


def test_the_number_of_somebody_known_makes_nobody_them() -> None:
    """A number in a profile may have been typed there by anybody."""
    world = World(HOST, BO)
    world.came_in("Bo")
    assert role_of(world, Person("Eve", BO.number, "U9")) is Role.MEMBER
    assert role_of(world, Person("Eve", HOST.number, "U9")) is Role.MEMBER


def test_callers_who_hide_their_number_are_nobody_without_one() -> None:
    world = World(HOST)
    world.calls_in("")
    assert role_of(world, Person("Eve", "", "U9")) is Role.MEMBER
    assert role_of(world, Person("Eve", "", "")) is Role.MEMBER


def test_standing_counts_in_every_conference() -> None:
    world = World(HOST, BO)
    for standing in (Role.NOBODY, Role.OPERATOR, Role.ADMIN):
        assert role_of(world, BO, standing) is standing
    assert role_of(world, API, Role.OPERATOR) is Role.OPERATOR
    assert role_of(world, API) is Role.MEMBER


def refused(sentence: str, role: Role, world: World | None = None) -> Refusal:
    verb, said, usual = asked(sentence, role)
    with pytest.raises(Refusal) as caught:
        policy.allow(verb, said, (world or usual).whole())
    return caught.value


def test_a_refusal_names_the_host_and_what_to_say() -> None:
    told = refused("end", Role.PARTICIPANT)
    assert told.wrong == "“end” is for the host. Ask Hana to do it, or to make you the host."
    assert (told.code, told.example) == ("forbidden", "/conf host @Bo")
    bystander = refused("end", Role.MEMBER)
    assert (bystander.wrong, bystander.example) == ("“end” is for the host. Ask Hana to do it.", "/conf status")
    assert "“mute all” is for the host" in refused("mute all", Role.PARTICIPANT).wrong


def test_a_refusal_tells_how_to_take_over() -> None:
    world = World(HOST, BO)
    world.came_in("Bo")
    told = refused("end", Role.MEMBER, world)
    assert told.wrong == "“end” is for the host (Hana), who is not in the call, so for everybody who is. Join first."
    assert told.example == "/conf join"


def test_a_host_who_may_not_use_it_any_more_is_no_host() -> None:
    """Their account was closed, or they are a guest: they could press nothing, and the others would be stuck."""
    world = World(HOST, BO)
    world.came_in("Hana")
    world.came_in("Bo")
    said = replace(request("end", actor=BO), standing=Role.MEMBER)
    assert policy.role_in(said, world.whole()) is Role.PARTICIPANT
    assert policy.role_in(replace(said, powerless=frozenset({"U0"})), world.whole()) is Role.HOST
    assert policy.role_in(replace(said, powerless=frozenset({"U9"})), world.whole()) is Role.PARTICIPANT


def test_who_was_removed_is_no_participant_until_they_are_back() -> None:
    world = World(HOST, BO)
    world.came_in("Hana")
    world.came_in("Bo")
    world.ask("kick", named("bo"))
    assert role_of(world, BO) is Role.MEMBER
    world.hung_up("Bo")
    assert role_of(world, BO) is Role.MEMBER
    world.ask("join", actor=BO)
    assert role_of(world, BO) is Role.PARTICIPANT


def test_a_conference_made_over_http_belongs_to_who_is_in() -> None:
    world = World(HOST, BO)
    world.conference = replace(world.conference, host="the API", host_id="")
    world.came_in("Bo")
    assert role_of(world, BO) is Role.HOST
    told = refused("end", Role.MEMBER, world)
    assert told.wrong == "“end” is for everybody who is in the call, and you are not. Join first."


def test_a_refusal_tells_a_bystander_to_join() -> None:
    told = refused("mute", Role.MEMBER)
    assert told.wrong == "“mute” is for people of this conference, and you are not in it. Join first."
    assert told.example == "/conf join"


def test_a_refusal_sends_nobody_round_in_circles() -> None:
    """Who is locked out cannot join first."""
    world = World(HOST, BO)
    world.came_in("Bo")
    world.ask("lock")
    for sentence in ("end", "mute"):
        told = refused(sentence, Role.MEMBER, world)
        assert "It is locked: ask one of them, an operator or an admin." in told.wrong
        assert told.example == "/conf status"


def test_what_slack_did_not_tell_is_refused_for_now() -> None:
    verb, said, world = asked("end", Role.MEMBER)
    with pytest.raises(Refusal, match="try again") as caught:
        policy.allow(verb, replace(said, sure=False), world.whole())
    assert caught.value.code == "later"
    verb, said, world = asked("status", Role.MEMBER)
    assert policy.allow(verb, replace(said, sure=False), world.whole()) is Role.MEMBER


@pytest.mark.parametrize("needed", [Role.OPERATOR, Role.ADMIN])
def test_a_verb_of_operators_or_admins_says_so(needed: Role) -> None:
    verb = replace(verbs.VERBS["help"], may=May(needed))
    _, said, _ = asked("help", Role.MEMBER)
    with pytest.raises(Refusal, match=f"“help” is for {needed.told} of Confab") as caught:
        policy.allow(verb, said)
    assert caught.value.example == "/conf whoami"
    assert policy.allow(verb, replace(said, standing=Role.ADMIN)) is Role.ADMIN


def test_a_name_of_the_phone_book_is_changed_by_who_noted_it_or_an_operator() -> None:
    bo = replace(request("contacts", actor=BO), standing=Role.MEMBER)
    policy.may_change(bo, "vendor", "U1")
    policy.may_change(bo, "vendor", "")
    policy.may_change(replace(bo, standing=Role.OPERATOR), "vendor", "U2")
    with pytest.raises(Refusal, match="noted by somebody else") as caught:
        policy.may_change(bo, "vendor", "U2")
    assert (caught.value.code, caught.value.example.split()[3]) == ("forbidden", "vendor-2")


@given(st.sampled_from(sorted(verbs.VERBS)), st.data())
def test_a_higher_standing_never_loses_a_right(name: str, data: st.DataObject) -> None:
    """Whatever the conference is like: who is in, who hosts, whether it is locked."""
    world = World(HOST, BO, CY)
    for who in data.draw(st.lists(st.sampled_from(["Hana", "Bo", "Cy"]), unique=True)):
        world.came_in(who)
    actor, rest = data.draw(st.sampled_from([HOST, BO, CY])), data.draw(st.sampled_from(["", "all", "new", "bo"]))
    verb = verbs.VERBS[name]

    def may(standing: Role) -> bool:
        said = Request("key", name, actor, Where(channel="C1"), rest=rest, standing=standing)
        try:
            policy.allow(verb, said, world.whole() if verb.needs.one else None)
        except Refusal:
            return False
        return True

    rights = [may(standing) for standing in (Role.NOBODY, Role.MEMBER, Role.OPERATOR, Role.ADMIN)]
    assert rights == sorted(rights)
    assert not rights[0]
    assert rights[-1]


def test_the_host_can_be_taken_over_by_oneself() -> None:
    world = World(HOST, BO)
    world.came_in("Bo")
    world.ask("host", named("me"), actor=BO)
    assert (world.conference.host, world.conference.host_id) == ("Bo", "U1")


def test_who_dialled_in_can_become_the_host() -> None:
    world = World(HOST)
    world.calls_in("+12125550122")
    world.ask("host", named("Me"), actor=BO)
    assert world.conference.host_id == "U1"


@pytest.mark.parametrize("verb", verbs.VERBS.values(), ids=lambda verb: verb.help.name)
def test_the_help_of_every_verb_tells_who_may(verb: verbs.Verb) -> None:
    assert verb.help.may == verb.may.told
    assert verb.may.role is not Role.NOBODY
