using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Conformance.Tests;

/// <summary>A running host that scenarios drive over HTTP. Its people, platforms and groups are those of <see cref="World"/>.</summary>
public interface IScenarioHost : IAsyncDisposable
{
    /// <summary>A client that carries this person's credential; null: none.</summary>
    HttpClient As(string? person);

    /// <summary>The host's clock.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Moves the host's clock on; timers that fall due fire.</summary>
    void Advance(TimeSpan by);

    /// <summary>Gives the ingestion of platforms its turn, where the clock alone does not.</summary>
    Task Ingest() => Task.CompletedTask;

    /// <summary>The mails that were sent so far, in no order.</summary>
    IReadOnlyList<DeliveredMail> Mails();
}

/// <summary>A mail as its reader has it.</summary>
/// <param name="To">The reader's address.</param>
/// <param name="ReplyTo">Where a reply goes; null: to the sender.</param>
public sealed record DeliveredMail(string To, string Subject, string Text, string Html, string? ReplyTo);

/// <summary>
/// Who and what every scenario host knows. Alice asks; bob and ben are level 1, carol level 2; dave is Admin, erin Auditor, frank fulfils
/// at the desk; mallory is a person like any other. The platform <c>vault</c> holds the secrets <c>db-admin</c> and <c>ops</c> without a
/// rotation target; the platform <c>desk</c> is manual, the platform <c>settings</c> that of the product's own documents.
/// </summary>
public static class World
{
    public static IReadOnlyList<string> People { get; } = ["alice", "bob", "ben", "carol", "dave", "erin", "frank", "mallory"];

    /// <summary>Those whose Slack user is known.</summary>
    public static IReadOnlyList<string> LinkedToSlack { get; } = ["alice", "bob", "ben", "carol", "mallory"];
    public static IReadOnlyList<string> Secrets { get; } = ["db-admin", "ops"];

    /// <summary>Two levels on the vault's <c>db-admin</c>, with emergency, extension and batch.</summary>
    public static AccessGroup Vault { get; } = new()
    {
        Id = "vault-secrets",
        Members = ["alice", "mallory"],
        Resources = ["vault/db-admin"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Credential] = new(Mode.Approve) },
        Levels = [new LevelPolicy { Approvers = ["bob", "ben"] }, new LevelPolicy { Approvers = ["carol"] }],
        ExtendUpTo = TimeSpan.FromHours(2),
        AllowEmergency = true,
        AllowBatch = true,
    };

    /// <summary>Both approvals of bob and ben on the vault's <c>ops</c>; two denials deny.</summary>
    public static AccessGroup Pair { get; } = new()
    {
        Id = "pair",
        Members = ["alice"],
        Resources = ["vault/ops"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Credential] = new(Mode.Approve) },
        Approvers = ["bob", "ben"],
        ApprovalsRequired = 2,
        DenialsRequired = 2,
    };

    /// <summary>Justified access at the manual desk, in which carol and bob may approve roles nobody asks for.</summary>
    public static AccessGroup Desk { get; } = new()
    {
        Id = "desk",
        Members = ["alice"],
        Resources = ["desk/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Other] = new(Mode.Justify) },
        Approvers = ["bob"],
    };

    public static IReadOnlyList<AccessGroup> Groups { get; } = [Vault, Pair, Desk];
}
