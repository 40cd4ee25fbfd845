"""All pictures, in the order in which the docs show them."""

from scripts.screens import acts
from scripts.screens.camera import NARROW, Picture

OPEN = (
    Picture(
        "new-session-light",
        "Beginning",
        "A new session: what the agent is for, and how to begin.",
        "/a/{agent}",
        acts.begin,
    ),
    Picture(
        "new-session-narrow-dark",
        "Beginning",
        "The same on a phone, in the dark.",
        "/a/{agent}",
        acts.begin,
        "dark",
        NARROW,
    ),
    Picture(
        "agent-form-light",
        "Beginning",
        "A new agent: a model, what it is told, what it may use.",
        "/settings/agents/new",
        acts.fill_agent_form,
    ),
    Picture(
        "talk-light", "Talking", "A talk: a question, what the agent did, and its answer.", "/a/{talk}", acts.unfold
    ),
    Picture(
        "talk-dark",
        "Talking",
        "The end of the same answer: a formula, code, and the picture that a tool has made.",
        "/a/{talk}",
        acts.read,
        "dark",
    ),
    Picture("talk-narrow-light", "Talking", "The same on a phone.", "/a/{talk}", acts.unfold, size=NARROW),
    Picture(
        "files-light",
        "Talking",
        "A photo and a PDF: under each stands what the model was given. Another file waits.",
        "/a/{files}",
        acts.attach,
    ),
    Picture(
        "streaming-dark",
        "Talking",
        "An answer as it comes, and a message that waits for its end.",
        "/a/{running}",
        acts.watch,
        "dark",
    ),
    Picture(
        "approval-light",
        "Talking",
        "A tool asks before it does something: what it would do can be read, changed, denied.",
        "/a/{approval}",
        acts.approve,
    ),
    Picture(
        "approval-narrow-dark",
        "Talking",
        "The same on a phone, in the dark.",
        "/a/{approval}",
        acts.approve,
        "dark",
        NARROW,
    ),
    Picture("question-light", "Talking", "A tool asks what it cannot know.", "/a/{question}", acts.answer),
    Picture(
        "failed-light",
        "When something is in the way",
        "A turn that the model’s server refused, with its own words.",
        "/a/{failed}",
        acts.notice_failure,
    ),
    Picture(
        "stopped-dark",
        "When something is in the way",
        "A turn that was stopped: what had come stays.",
        "/a/{stopped}",
        acts.notice_stop,
        "dark",
    ),
    Picture(
        "offline-narrow-light",
        "When something is in the way",
        "Without a network: what is written is sent when it is back.",
        "/a/{talk}",
        acts.go_offline,
        size=NARROW,
    ),
    Picture(
        "away-dark",
        "When something is in the way",
        "The server is away: the page says when it tries again.",
        "/a/{talk}",
        acts.lose_server,
        "dark",
    ),
    Picture(
        "limited-light",
        "When something is in the way",
        "Too much at once: the message waits, and is sent by itself.",
        "/a/{secretary}",
        acts.do_too_much,
    ),
    Picture(
        "no-session-light",
        "When something is in the way",
        "An address of a session that is not there.",
        "/a/{agent}/s/none",
        acts.settle,
    ),
    Picture(
        "selection-light", "Sessions", "Many sessions at once: pin, archive, delete.", "/a/{agent}", acts.choose_some
    ),
    Picture("menu-dark", "Sessions", "What can be done with one.", "/a/{agent}", acts.open_menu, "dark"),
    Picture("tags-light", "Sessions", "Tags: put on a session, and the list by one of them.", "/a/{agent}", acts.tag),
    Picture("drawer-narrow-light", "Sessions", "The list on a phone.", "/a/{talk}", acts.open_drawer, size=NARROW),
    Picture(
        "search-light",
        "Sessions",
        "Search over names, messages and tool output, and commands.",
        "/a/{agent}",
        acts.search,
        keeps_focus=True,
    ),
    Picture(
        "search-narrow-dark",
        "Sessions",
        "The same on a phone, in the dark.",
        "/a/{agent}",
        acts.search,
        "dark",
        NARROW,
        keeps_focus=True,
    ),
    Picture(
        "inspector-light",
        "Inspector",
        "When each step began and how long it took, and what a tool was asked.",
        "/a/{talk}",
        acts.inspect_call,
    ),
    Picture(
        "inspector-request-dark",
        "Inspector",
        "What a model was told, word for word.",
        "/a/{talk}",
        acts.inspect_part("Request", "Be exact"),
        "dark",
    ),
    Picture(
        "inspector-events-light",
        "Inspector",
        "The events of the turn, as they went over the wire.",
        "/a/{talk}",
        acts.inspect_part("Events", "turn_queued"),
    ),
    Picture(
        "inspector-narrow-dark",
        "Inspector",
        "The inspector on a phone: a sheet over the talk.",
        "/a/{talk}",
        acts.inspect_call,
        "dark",
        NARROW,
    ),
    Picture(
        "share-light",
        "Sharing",
        "A link by which others can read a session: what it shows is chosen before.",
        "/a/{talk}",
        acts.share,
    ),
    Picture("shared-light", "Sharing", "What they read.", "/share/{shared}", acts.read_shared),
    Picture(
        "shared-narrow-dark",
        "Sharing",
        "The same on a phone, in the dark.",
        "/share/{shared}",
        acts.read_shared,
        "dark",
        NARROW,
    ),
    Picture("revoked-light", "Sharing", "A link that was revoked.", "/share/{revoked}", acts.settle),
    Picture("settings-light", "Settings", "Language, how messages are sent, notifications.", "/settings", acts.settle),
    Picture(
        "settings-narrow-dark",
        "Settings",
        "The same on a phone, in the dark.",
        "/settings",
        acts.settle,
        "dark",
        NARROW,
    ),
    Picture(
        "appearance-light",
        "Settings",
        "How the page looks, and a piece of a talk that shows it.",
        "/settings/appearance",
        acts.choose_looks,
    ),
    Picture(
        "keyboard-dark",
        "Settings",
        "Every shortcut, and other keys for it.",
        "/settings/keyboard",
        acts.settle,
        "dark",
    ),
    Picture("models-light", "Settings", "The model servers, and what they offer.", "/settings/models", acts.settle),
    Picture("agents-dark", "Settings", "The agents.", "/settings/agents", acts.settle, "dark"),
    Picture(
        "tools-light",
        "Settings",
        "The tools that agents can use; each can be tried.",
        "/settings/tools",
        acts.unfold_tools,
    ),
    Picture("links-light", "Settings", "All links of all sessions.", "/settings/shares", acts.settle),
    Picture(
        "trash-light",
        "Settings",
        "What was deleted, and until when it can be had back.",
        "/settings/trash",
        acts.settle,
    ),
    Picture(
        "data-dark",
        "Settings",
        "All of one’s data out, and talks of elsewhere in.",
        "/settings/data",
        acts.settle,
        "dark",
    ),
    Picture("shortcuts-light", "Settings", "Everything by keyboard.", "/a/{agent}", acts.show_shortcuts),
    Picture(
        "spanish-narrow-light",
        "Elsewhere",
        "In Spanish.",
        "/a/{spanish}",
        acts.speak_spanish,
        size=NARROW,
        locale="es-ES",
    ),
    Picture(
        "right-to-left-dark",
        "Elsewhere",
        "From right to left, in the made-up language of the tests.",
        "/a/{talk}?lang=ar-XB",
        acts.inspect_mirrored,
        "dark",
    ),
)
"""On a server that whoever can reach it owns."""

OF_BEN = (
    Picture("first-start-light", "Beginning", "The first start, before there is an agent.", "/", acts.settle),
    Picture(
        "first-start-narrow-dark", "Beginning", "The same on a phone, in the dark.", "/", acts.settle, "dark", NARROW
    ),
)
"""As somebody sees them who has signed in for the first time."""

OF_ANA = (
    Picture(
        "account-light",
        "Accounts",
        "One’s own account: name, password, keys, what was used.",
        "/settings/account",
        acts.settle,
    ),
    Picture("users-light", "Accounts", "The users of a server.", "/settings/users", acts.settle),
    Picture("limits-dark", "Accounts", "How much one of them may do.", "/settings/users", acts.limit, "dark"),
    Picture(
        "server-light", "Accounts", "How the server does, and what was done on it.", "/settings/server", acts.settle
    ),
)
"""As the admin sees them."""

SET_UP = (
    Picture(
        "set-up-light",
        "Accounts",
        "The first admin comes by a link that the server prints.",
        "/set-up#{token}",
        acts.settle,
    ),
)
SIGN_IN = (Picture("sign-in-dark", "Accounts", "Signing in.", "/", acts.settle, "dark"),)

EMBEDDED = Picture("embedded-light", "Elsewhere", "A talk on a page of another site.", "/", acts.wait_for_frame)
TERMINAL = Picture("terminal", "Elsewhere", "`tertulia chat`: the same talk in a terminal.", "", acts.settle)

ALL = (*OF_BEN, *OPEN[:-2], *SET_UP, *SIGN_IN, *OF_ANA, EMBEDDED, *OPEN[-2:], TERMINAL)
