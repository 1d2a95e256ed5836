package io.kubewright.spec;

import java.util.Locale;

/** What can be wrong with a file. The word of a code is stable: scripts may rely on it. */
public enum Code {
    UNREADABLE(Kind.ERROR, "the file cannot be read"),
    NOT_UTF8(Kind.ERROR, "the file is not UTF-8 text"),
    YAML_SYNTAX(Kind.ERROR, "the text is not YAML"),
    TOO_DEEP(Kind.ERROR, "values are nested deeper, or repeated by aliases more often, than any cluster needs"),
    EMPTY_FILE(Kind.ERROR, "there is nothing in the file"),
    SEVERAL_DOCUMENTS(Kind.ERROR, "a file holds one YAML document"),
    DUPLICATE_KEY(Kind.ERROR, "a key stands twice in one mapping"),
    MERGE_KEY(Kind.ERROR, "'<<' is not part of YAML 1.2"),
    BAD_KEY(Kind.ERROR, "a key is not a text"),
    BAD_TAG(Kind.ERROR, "a YAML tag has no meaning here"),
    UNKNOWN_KEY(Kind.ERROR, "the file format has no such key"),
    MISSING_KEY(Kind.ERROR, "a required key is missing"),
    WRONG_TYPE(Kind.ERROR, "a value is of the wrong type"),
    EMPTY_VALUE(Kind.ERROR, "a key has no value"),
    NOT_ALLOWED(Kind.ERROR, "a value is not one of the allowed ones, or not allowed beside another"),
    OUT_OF_RANGE(Kind.ERROR, "a number is too small or too large"),
    TOO_FEW(Kind.ERROR, "a list is too short"),
    TOO_MANY(Kind.ERROR, "a list is too long"),
    DUPLICATE(Kind.ERROR, "something that must be unique is not"),
    BAD_NAME(Kind.ERROR, "a name is not one that Kubernetes or DNS takes"),
    BAD_ADDRESS(Kind.ERROR, "an address is not one, or cannot be a host's"),
    BAD_NETWORK(Kind.ERROR, "a network is not written as ADDRESS/LENGTH, or has host bits"),
    BAD_RANGE(Kind.ERROR, "a range of addresses is not written as FIRST-LAST/LENGTH, or ends before it begins"),
    BAD_VERSION(Kind.ERROR, "a version is not written as MAJOR.MINOR.PATCH"),
    BAD_LABEL(Kind.ERROR, "a label's key or value is not one that Kubernetes takes"),
    BAD_TAINT(Kind.ERROR, "a taint is not written as KEY=VALUE:EFFECT"),
    BAD_URL(Kind.ERROR, "a URL is not one"),
    BAD_FORMAT(Kind.ERROR, "a value is not written as it must be"),
    RESERVED_LABEL(Kind.ERROR, "a label belongs to Kubernetes itself"),
    SECRET_IN_FILE(Kind.ERROR, "a secret does not belong into the file"),
    CONFLICT(Kind.ERROR, "two values contradict each other"),
    OVERLAP(Kind.ERROR, "addresses are used for two things"),
    OUTSIDE(Kind.ERROR, "an address lies outside the network or range it must be in"),
    FAMILY_MISMATCH(Kind.ERROR, "IPv4 and IPv6 do not pair up"),
    TOO_LARGE(Kind.ERROR, "a network is larger than Kubernetes takes"),
    TOO_SMALL(Kind.ERROR, "a network is smaller than the cluster needs"),
    NO_CONTROL_PLANE(Kind.ERROR, "no host is a control plane"),
    EVEN_CONTROL_PLANES(Kind.ERROR, "an even number of control planes"),
    SINGLE_HOST_ENDPOINT(Kind.ERROR, "the API of several control planes would depend on one host"),
    NEEDS_SECTION(Kind.ERROR, "a section needs another one that is absent"),
    UNKNOWN_COMPONENT(Kind.ERROR, "no such component in the compatibility table"),
    UNKNOWN_VERSION(Kind.REFUSAL, "the chosen bundle source does not have that version"),
    UNTESTED_COMBINATION(Kind.REFUSAL, "the compatibility table does not have that combination"),
    NOT_IN_BUNDLE(Kind.REFUSAL, "the chosen bundle source does not have that component"),
    NOT_YET(Kind.REFUSAL, "this version of Kubewright cannot do it yet"),
    NO_WORKER(Kind.WARNING, "no host takes ordinary pods"),
    VIP_ELSEWHERE(Kind.WARNING, "the virtual IP seems to lie in another network than the control planes"),
    MDNS_NAME(Kind.WARNING, "a name under .local may be asked by multicast DNS"),
    FEW_HOSTS(Kind.WARNING, "fewer hosts than replicas"),
    NEEDLESS_ACCEPTANCE(Kind.WARNING, "acceptUntested names a component whose combination is in the table");

    /** How much a problem weighs. */
    public enum Kind {
        /** The file is wrong: exit 64. */
        ERROR,
        /** The file is right, and what it asks for is refused: exit 3. */
        REFUSAL,
        /** Worth knowing. */
        WARNING
    }

    private final Kind kind;
    private final String meaning;

    Code(Kind kind, String meaning) {
        this.kind = kind;
        this.meaning = meaning;
    }

    public Kind kind() {
        return kind;
    }

    public String meaning() {
        return meaning;
    }

    /** The stable word, such as {@code unknown-key}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
