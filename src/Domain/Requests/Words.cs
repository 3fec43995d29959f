namespace AccessFunctions.Domain.Requests;

/// <summary>What is asked for. The kind decides how access is provisioned and what "proven gone" means (design, section 8).</summary>
public enum AccessKind { Credential, Session, Certificate, Settings, Recording, Role, Other }

/// <summary>The finer word for where a request stands (design, section 4). A request that does not exist yet has none.</summary>
public enum Phase { Open, Scheduled, Provisioning, Active, Revoking, Closed, Denied }

/// <summary>The four public words of a request's life.</summary>
public enum Status { Open, Active, Closed, Denied }

/// <summary>Why a request closed; denied requests have none.</summary>
public enum Outcome { Expired, Revoked, Released, Cancelled, Lapsed, Failed }

/// <summary>
/// The way a signal came in. From <see cref="EmailReply"/> upwards the order is the order of assurance: a level's
/// <c>minimumAssurance</c> is compared with it. <see cref="System"/> is the host itself and never decides.
/// </summary>
public enum Channel { System, EmailReply, SlackReaction, EmailLink, SignedIn }

/// <summary>An approver's word on a request.</summary>
public enum Verdict { Approve, Deny }

/// <summary>A reviewer's word on an emergency after the fact.</summary>
public enum EmergencyVerdict { Ratified, Objected }

/// <summary>How a kind of access is decided, least strict first: the order is the order of strictness.</summary>
public enum Mode { Allow, Justify, Approve }

/// <summary>Reads the public words off the finer ones.</summary>
public static class PhaseWords
{
    /// <summary>The public status of a phase.</summary>
    public static Status Status(this Phase phase) => phase switch
    {
        Phase.Open => Requests.Status.Open,
        Phase.Scheduled or Phase.Provisioning or Phase.Active or Phase.Revoking => Requests.Status.Active,
        Phase.Closed => Requests.Status.Closed,
        Phase.Denied => Requests.Status.Denied,
    };
}

/// <summary>Who the host itself is, where a signal or an event was not a person's.</summary>
public static class SystemActors
{
    /// <summary>Nothing a person can be called: person ids may not contain a colon.</summary>
    public const string Prefix = "system:";

    /// <summary>The host's timer, which delivers deadlines.</summary>
    public const string Timer = Prefix + "timer";

    /// <summary>The runner of effects, which reports their outcomes.</summary>
    public const string Runner = Prefix + "runner";

    /// <summary>The directory watcher, which reports that people came and went.</summary>
    public const string Directory = Prefix + "directory";

    /// <summary>The identity provider that provisions people through SCIM.</summary>
    public const string Scim = Prefix + "scim";

    /// <summary>The reader of people and groups in Microsoft Graph.</summary>
    public const string Graph = Prefix + "graph";

    /// <summary>The reconciler, which compares platforms with the ledger.</summary>
    public const string Reconciler = Prefix + "reconciler";

    /// <summary>The ingester, which reads what platforms hold.</summary>
    public const string Ingester = Prefix + "ingester";

    /// <summary>The keeper of keeping times, who purges and pseudonymises.</summary>
    public const string Retention = Prefix + "retention";
}

/// <summary>Audiences that are resolved when a notice is sent, not when it is decided.</summary>
public static class Audience
{
    /// <summary>Everyone who holds the Admin role at that moment.</summary>
    public const string Administrators = "role:Admin";
}
