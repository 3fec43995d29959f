using System.Runtime.CompilerServices;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Audit;
using Xunit;

namespace AccessFunctions.Application.Tests.Audit;

/// <summary>
/// <c>docs/events.md</c> lists every event as the code has it. After a change run these tests once with <c>ACCESS_RENEW_GOLDEN=1</c> and read the
/// difference.
/// </summary>
public sealed class EventsDocumentTests
{
    private const string Begin = "<!-- events: written by EventsDocumentTests -->", End = "<!-- end of events -->";

    /// <summary>Who and what, as an example, and what an event has besides the members of its group.</summary>
    private static readonly Dictionary<string, (string Who, string More)> Examples = new()
    {
        [EventTypes.Request.Submitted] = ("alice asks for a role on pg-prod/analytics", "text: justification"),
        [EventTypes.Request.Approved] = ("bob, by a link in a mail", "level; text: comment"),
        [EventTypes.Request.Denied] = ("bob, signed in", "level; text: comment"),
        [EventTypes.Request.ReviewSuperseded] = ("carol changed the role, so bob's approval is void", "level, reason `replaced` or `new-revision`"),
        [EventTypes.Request.LevelPassed] = ("bob's approval was the last that level 1 needed", "level"),
        [EventTypes.Request.Changed] = ("carol shortened the period", "level"),
        [EventTypes.Request.Cancelled] = ("alice; system:directory where she left", "reason `requester-left`"),
        [EventTypes.Request.EmergencyDeclared] = ("alice, at night", "text: second justification"),
        [EventTypes.Request.EmergencyReviewed] = ("bob", "reason `Ratified` or `Objected`; text: comment"),
        [EventTypes.Request.EmergencyReviewOverdue] = ("system:timer", ""),
        [EventTypes.Request.EmergencyNoticeUndelivered] = ("system:timer", ""),
        [EventTypes.Request.EmergencyNoticeDelivered] = ("system:runner", ""),
        [EventTypes.Request.Revoked] = ("carol; system:directory where alice left", "reason `requester-left`; text: comment"),
        [EventTypes.Request.Released] = ("alice", ""),
        [EventTypes.Request.ExtensionAsked] = ("alice", ""),
        [EventTypes.Request.Extended] = ("system:runner", "grantId, reason `others-to-follow`"),
        [EventTypes.Request.ExtendFailed] = ("system:runner", "grantId, reason `ended-meanwhile`; text: error"),
        [EventTypes.Request.Lapsed] = ("system:timer", ""),
        [EventTypes.Request.Escalated] = ("system:timer", "level"),
        [EventTypes.Request.Reminded] = ("system:timer", "level"),
        [EventTypes.Request.Scheduled] = ("bob, who decided last; system:timer", "reason `start-moved`"),
        [EventTypes.Request.Started] = ("system:timer", ""),
        [EventTypes.Request.Expired] = ("system:timer", ""),
        [EventTypes.Request.Closed] = ("system:runner; bob, who denied", "outcome, reason `denial-quorum` or `approval-out-of-reach`"),
        [EventTypes.Request.Failed] = ("system:runner", "text: error"),
        [EventTypes.Request.Refused] = ("alice, who tries to approve her own request", "reason: the refusal's; text: its words"),
        [EventTypes.Request.DirectoryChanged] = ("system:directory", "reason `requester-left` or `approver-left`"),
        [EventTypes.Request.ReviewHandedOver] = ("system:directory, once bob left", "level, reason `approver-left`"),
        [EventTypes.Request.SecretLooked] = ("alice, before the bytes leave", "grantId"),
        [EventTypes.Request.RecordingViewed] = ("alice, before the bytes leave", "grantId"),
        [EventTypes.Grant.ProvisionStarted] = ("system:runner", ""),
        [EventTypes.Grant.Provisioned] = ("system:runner", "reason `late`; text: through what it was held already"),
        [EventTypes.Grant.ProvisionFailed] = ("system:runner", "text: error"),
        [EventTypes.Grant.FulfilmentAsked] = ("system:runner asks dave", "reason `reminder` or `no-longer-needed`"),
        [EventTypes.Grant.Fulfilled] = ("dave", "text: comment"),
        [EventTypes.Grant.RevokeStarted] = ("system:runner", ""),
        [EventTypes.Grant.Removed] = ("system:runner", ""),
        [EventTypes.Grant.RevokeFailed] = ("system:runner", "text: error"),
        [EventTypes.Grant.ReadBack] = ("system:runner", "reason `superseded`; text: what was found"),
        [EventTypes.Grant.ProvenGone] = ("system:runner", "text: what was looked at"),
        [EventTypes.Grant.RemovalAsked] = ("system:runner asks dave", "reason `reminder`"),
        [EventTypes.Grant.RemovalConfirmed] = ("dave", "text: comment"),
        [EventTypes.Grant.RevocationFailing] = ("system:runner, at the third failure", "text: error"),
        [EventTypes.Grant.Vanished] = ("system:reconciler; in a host's chain", ""),
        [EventTypes.Grant.Unexpected] = ("system:reconciler", "text: what was found"),
        [EventTypes.Grant.Ungranted] = ("system:reconciler; in a host's chain", "identity `platform/name`, reason `found`, or `standing` with how many stood at the first look; text: what was found"),
        [EventTypes.Host.SignInSucceeded] = ("bob, with a browser", "detail: issuer"),
        [EventTypes.Host.SignInFailed] = ("anonymous; zoe, who left", "reason; detail: route, issuer, subject"),
        [EventTypes.Host.SignedOut] = ("bob", "detail: issuer"),
        [EventTypes.Host.CallRefused] = ("olga, who is no administrator; anonymous", "reason: the problem's type, or the channel's word; detail: route, id"),
        [EventTypes.Host.AuditExported] = ("erin", "resource `audit`; of the table, detail: the filters"),
        [EventTypes.Host.AuditVerified] = ("erin", "resource `audit`, reason `sound`, `findings` or `timed-out`"),
        [EventTypes.Host.RequestsExported] = ("erin", "resource `requests` or `decisions`; detail: the filters"),
        [EventTypes.Host.Purged] = ("system:retention; in a host's chain of retention", "resource `stream/…`, reason `retention`; detail: stream, events, head, digest, newest"),
        [EventTypes.Host.Pseudonymised] = ("system:retention; dave, who was asked to", "resource `stream/…`, reason `retention` or `asked`; detail: person"),
        [EventTypes.Host.HoldPlaced] = ("erin", "requestId; text: reason"),
        [EventTypes.Host.HoldLifted] = ("dave", "requestId"),
        [EventTypes.Host.PolicySaved] = ("dave", "resource `access-group/…`; detail: document, version"),
        [EventTypes.Host.PolicyDeleted] = ("dave", "resource `access-group/…`; detail: document, version"),
        [EventTypes.Host.PlatformSaved] = ("dave, whose request was approved", "resource `platform/…`, reason `request` or `request-ended`, grant; detail: document, version, request, approvedBy, sha256"),
        [EventTypes.Host.PlatformDeleted] = ("dave, whose request was approved", "resource `platform/…`, reason `request` or `request-ended`, grant; detail: request, approvedBy, sha256"),
        [EventTypes.Host.RolesChanged] = ("dave; system:scim, system:graph or system:directory, where somebody left", "resource `person/…`, reason `left` where they left; detail: roles, ended"),
        [EventTypes.Host.DelegationChanged] = ("alice; dave for her", "resource `person/…`; detail: standIn, from, until"),
        [EventTypes.Host.SlackLinkAsked] = ("alice", "resource `person/…`; detail: slackUser"),
        [EventTypes.Host.SlackLinked] = ("alice; dave for her", "resource `person/…`; detail: slackUser"),
        [EventTypes.Host.SlackLinkRefused] = ("alice", "resource `person/…`, reason; detail: slackUser"),
        [EventTypes.Host.SlackUnlinked] = ("alice; dave for her", "resource `person/…`; detail: slackUser"),
        [EventTypes.Host.PersonAdded] = ("system:scim", "resource `person/…`; detail: userName, name"),
        [EventTypes.Host.PersonChanged] = ("system:scim; system:graph", "resource `person/…`; detail: userName, changed"),
        [EventTypes.Host.PersonDeleted] = ("system:scim", "resource `person/…`; detail: userName"),
        [EventTypes.Host.PersonLeft] = ("system:scim, once bob's account is deactivated", "resource `person/…`"),
        [EventTypes.Host.PersonReturned] = ("system:scim", "resource `person/…`"),
        [EventTypes.Host.GroupAdded] = ("system:scim", "resource `group/…`; detail: displayName, added"),
        [EventTypes.Host.GroupChanged] = ("system:scim; system:graph", "resource `group/…`; detail: displayName, before, added, removed"),
        [EventTypes.Host.GroupDeleted] = ("system:scim", "resource `group/…`; detail: displayName, removed"),
        [EventTypes.Host.ReadingRefused] = ("system:graph, once until a reading is taken over", "resource `directory/…`, reason `empty` or `too-many-leavers`; detail: leavers, there"),
        [EventTypes.Host.IdentityLinked] = ("dave; system:ingester, by an address", "resource `person/…`, identity `platform/name`, reason `hand` or `email`"),
        [EventTypes.Host.IdentityUnlinked] = ("dave; system:ingester, where the address moved on", "resource `person/…`, identity `platform/name`, reason `hand` or `email`"),
        [EventTypes.Host.InventoryAsked] = ("dave", "resource `platform/…`"),
        [EventTypes.Host.InventoryStarted] = ("system:ingester; dave, who asked", "resource `platform/…`; detail: run, counts"),
        [EventTypes.Host.InventoryCompleted] = ("system:ingester; dave, who asked", "resource `platform/…`; detail: run, identities, memberships, privileges, resources, written, removed"),
        [EventTypes.Host.InventoryFailed] = ("system:ingester; dave, who asked", "resource `platform/…`, reason `platform-failed`; detail: run, counts; text: error"),
        [EventTypes.Host.AssistantToolUsed] = ("alice, whose credential the assistant carries", "resource `tool/…`, reason: the problem's type, where it was refused; detail: through, arguments"),
        [EventTypes.Host.QuestionAsked] = ("alice", "resource `question`, reason `rules`, `model` or `not-answered`; detail: question"),
        [EventTypes.Host.ConfigurationChanged] = ("system:host", "resource `configuration`; detail: what differs"),
        [EventTypes.Host.ConfigurationRefused] = ("system:host", "resource `configuration`, reason `configuration-broken`; text: the errors"),
        [EventTypes.Host.AuthorityMade] = ("system:authority", "resource: the platform; detail: sha256 of its certificate or key"),
        [EventTypes.Host.RevocationsPublished] = ("system:authority", "resource: the platform; detail: number, entries, next"),
        [EventTypes.Host.Started] = ("system:host", "resource `host`; detail: what is in force"),
        [EventTypes.Host.Stopped] = ("system:host; the single machine only", "resource `host`"),
    };

    [Fact]
    public void EveryType_HasAnExample() => Assert.Equal(AuditEventTypes.All.Keys.Order(StringComparer.Ordinal), Examples.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void TheDocument_ListsEveryEvent_AsTheCodeHasIt()
    {
        var path = Path.Combine(Repository(), "docs", "events.md");
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        Assert.True(from >= Begin.Length && to > from, $"docs/events.md has no part between \"{Begin}\" and \"{End}\".");
        var wanted = Tables();
        if (Environment.GetEnvironmentVariable("ACCESS_RENEW_GOLDEN") == "1") File.WriteAllText(path, text = text[..from] + wanted + text[to..]);
        to = text.IndexOf(End, StringComparison.Ordinal);

        var (written, lines) = (text[from..to].Split('\n'), wanted.Split('\n'));
        var first = text[..from].Split('\n').Length;
        for (var i = 0; i < Math.Max(written.Length, lines.Length); i++)
        {
            var (is_, should) = (i < written.Length ? written[i] : "(nothing)", i < lines.Length ? lines[i] : "(nothing)");
            Assert.True(is_ == should, $"docs/events.md, line {first + i} should be\n{should}\nand is\n{is_}\nRun these tests once with ACCESS_RENEW_GOLDEN=1 and read the difference.");
        }
    }

    private static string Tables() => $"\n\n{Table("Requests", "access.request.")}\n\n{Table("Grants", "access.grant.")}\n\n{Table("Outside requests", null)}\n\n";

    private static string Table(string title, string? prefix) => string.Join('\n',
    [
        $"## {title}", "",
        "| Event | When | OCSF | Severity | For example | Besides |",
        "|---|---|---|---|---|---|",
        .. AuditEventTypes.All.Where(pair => prefix is not null ? pair.Key.StartsWith(prefix, StringComparison.Ordinal)
                : !pair.Key.StartsWith("access.request.", StringComparison.Ordinal) && !pair.Key.StartsWith("access.grant.", StringComparison.Ordinal))
            .OrderBy(static pair => pair.Key, StringComparer.Ordinal)
            .Select(static pair => $"| `{pair.Key}` | {pair.Value.Meaning} | {pair.Value.Class}: {AuditEventTypes.ActivityName(pair.Value)} ({pair.Value.TypeUid}){(pair.Value.Pending ? ", pending" : "")} | {pair.Value.Severity} | {Examples[pair.Key].Who} | {Examples[pair.Key].More} |"),
    ]);

    private static string Repository([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
