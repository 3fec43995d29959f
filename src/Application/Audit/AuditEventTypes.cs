using System.Collections.Frozen;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Audit;

/// <summary>OCSF 1.8 severities that are used here (<c>severity_id</c>).</summary>
public enum Severity { Informational = 1, Low = 2, Medium = 3, High = 4 }

/// <summary>What an event's type means in OCSF 1.8.</summary>
/// <param name="Class"><c>class_uid</c>.</param>
/// <param name="Activity"><c>activity_id</c>, as that class numbers it.</param>
/// <param name="Severity">Of the event where it succeeded.</param>
/// <param name="Meaning">One sentence for people, without names.</param>
/// <param name="Entity">What kind of thing the event is about, for the classes that say so.</param>
/// <param name="Pending">The step began or was asked for; its outcome is another event. It counts neither as success nor as failure.</param>
public sealed record AuditEventType(int Class, int Activity, Severity Severity, string Meaning, string Entity = "access request", bool Pending = false)
{
    /// <summary><c>category_uid</c>: 3 identity and access management, 6 application activity.</summary>
    public int Category => Class / 1000;

    /// <summary><c>type_uid</c>.</summary>
    public int TypeUid => (Class * 100) + Activity;
}

/// <summary>The one table from event types to OCSF.</summary>
public static class AuditEventTypes
{
    public const int Authentication = 3002;
    public const int EntityManagement = 3004;
    public const int UserAccess = 3005;
    public const int ApiActivity = 6003;

    private const int Create = 1, Read = 2, Update = 3, Delete = 4;
    private const int Assign = 1, Withdraw = 2;
    private const int Logon = 1, Logoff = 2;
    private const int Other = 99;

    /// <summary>Every known type.</summary>
    public static IReadOnlyDictionary<string, AuditEventType> All { get; } = Requests().Concat(Grants()).Concat(Hosts()).ToFrozenDictionary(StringComparer.Ordinal);

    private static AuditEventType Unknown { get; } = new(EntityManagement, Update, Severity.Informational, "Something was recorded.");

    /// <summary>The meaning of a type; one that is not known yet is an update of its request.</summary>
    public static AuditEventType Of(string type) => All.GetValueOrDefault(type, Unknown);

    /// <summary>How severe an event is: at least medium where it is part of an emergency.</summary>
    public static Severity SeverityOf(AuditEventType type, AuditEvent happened) => happened.Emergency && type.Severity < Severity.Medium ? Severity.Medium : type.Severity;

    /// <summary>The caption of the activity, as OCSF names it.</summary>
    public static string ActivityName(AuditEventType type) => (type.Class, type.Activity) switch
    {
        (UserAccess, Assign) => "Assign Privileges",
        (UserAccess, Withdraw) => "Revoke Privileges",
        (Authentication, Logon) => "Logon",
        (Authentication, Logoff) => "Logoff",
        (EntityManagement or ApiActivity, Create) => "Create",
        (EntityManagement or ApiActivity, Read) => "Read",
        (EntityManagement or ApiActivity, Update) => "Update",
        (EntityManagement or ApiActivity, Delete) => "Delete",
        _ => "Other",
    };

    private static Dictionary<string, AuditEventType> Requests() => new()
    {
        [EventTypes.Request.Submitted] = Entity(Create, "Access was asked for."),
        [EventTypes.Request.Approved] = Entity(Update, "An approver approved the request."),
        [EventTypes.Request.Denied] = Entity(Update, "An approver denied the request."),
        [EventTypes.Request.ReviewSuperseded] = Entity(Update, "An earlier review no longer counts."),
        [EventTypes.Request.LevelPassed] = Entity(Update, "A level of approval was passed."),
        [EventTypes.Request.Changed] = Entity(Update, "An approver changed what is asked."),
        [EventTypes.Request.Cancelled] = Entity(Delete, "The request was cancelled."),
        [EventTypes.Request.EmergencyDeclared] = Entity(Update, "The requester declared an emergency and skipped approval.", Severity.High),
        [EventTypes.Request.EmergencyReviewed] = Entity(Update, "An emergency was reviewed.", Severity.Medium),
        [EventTypes.Request.EmergencyReviewOverdue] = Entity(Update, "The review of an emergency is overdue.", Severity.High),
        [EventTypes.Request.EmergencyNoticeUndelivered] = Entity(Update, "The notice of an emergency reached no approver in time.", Severity.High),
        [EventTypes.Request.EmergencyNoticeDelivered] = Entity(Update, "The notice of an emergency reached an approver."),
        [EventTypes.Request.Revoked] = Entity(Update, "Access was revoked before its end.", Severity.Low),
        [EventTypes.Request.Released] = Entity(Update, "The requester gave access back."),
        [EventTypes.Request.ExtensionAsked] = Entity(Update, "The requester asked for a later end.", pending: true),
        [EventTypes.Request.Extended] = Entity(Update, "Access was extended."),
        [EventTypes.Request.ExtendFailed] = Entity(Update, "Access was not extended.", Severity.Low),
        [EventTypes.Request.Lapsed] = Entity(Update, "Nobody decided in time."),
        [EventTypes.Request.Escalated] = Entity(Update, "A level was escalated to further approvers."),
        [EventTypes.Request.Reminded] = Entity(Update, "Approvers were reminded."),
        [EventTypes.Request.Scheduled] = Entity(Update, "The request was decided for; access waits for its start."),
        [EventTypes.Request.Started] = Entity(Update, "The period of access began."),
        [EventTypes.Request.Expired] = Entity(Update, "The period of access ended."),
        [EventTypes.Request.Closed] = Entity(Delete, "The request was closed."),
        [EventTypes.Request.Failed] = Entity(Update, "Provisioning was given up and is undone.", Severity.Medium),
        [EventTypes.Request.Refused] = Entity(Update, "An action on the request was refused.", Severity.Low),
        [EventTypes.Request.DirectoryChanged] = Entity(Update, "People of the request came or went."),
        [EventTypes.Request.ReviewHandedOver] = Entity(Update, "The seat of an approver who left went to their stand-in."),
        [EventTypes.Request.SecretLooked] = Entity(Read, "The requester fetched a secret.", Severity.Low),
        [EventTypes.Request.RecordingViewed] = Entity(Read, "The requester viewed a recording.", Severity.Low),
    };

    private static Dictionary<string, AuditEventType> Grants() => new()
    {
        [EventTypes.Grant.ProvisionStarted] = Access(Assign, "Giving access began.", pending: true),
        [EventTypes.Grant.Provisioned] = Access(Assign, "Access was given."),
        [EventTypes.Grant.ProvisionFailed] = Access(Assign, "Giving access failed.", Severity.Medium),
        [EventTypes.Grant.FulfilmentAsked] = Access(Assign, "A person was asked to give access by hand.", pending: true),
        [EventTypes.Grant.Fulfilled] = Access(Assign, "A person confirmed that access was given."),
        [EventTypes.Grant.RevokeStarted] = Access(Withdraw, "Taking access away began.", pending: true),
        [EventTypes.Grant.Removed] = Access(Withdraw, "The platform reports access as removed; the proof is to come."),
        [EventTypes.Grant.RevokeFailed] = Access(Withdraw, "Taking access away failed.", Severity.Medium),
        [EventTypes.Grant.ReadBack] = Access(Withdraw, "The platform was looked at, and access was not proven gone.", Severity.Medium),
        [EventTypes.Grant.ProvenGone] = Access(Withdraw, "Access was proven gone."),
        [EventTypes.Grant.RemovalAsked] = Access(Withdraw, "A person was asked to confirm the removal.", pending: true),
        [EventTypes.Grant.RemovalConfirmed] = Access(Withdraw, "A person confirmed the removal."),
        [EventTypes.Grant.RevocationFailing] = Access(Withdraw, "Taking access away keeps failing.", Severity.High),
        // Found, not done: whoever assigned or withdrew it is not known.
        [EventTypes.Grant.Vanished] = Access(Other, "Access of an active request is gone, and nobody took it through this product.", Severity.High),
        [EventTypes.Grant.Unexpected] = Access(Other, "Access that had ended is there again, and nobody gave it through this product. It is removed once more.", Severity.High),
        [EventTypes.Grant.Ungranted] = Access(Other, "Access was found on a platform that no grant explains.", Severity.High),
    };

    private static Dictionary<string, AuditEventType> Hosts() => new()
    {
        [EventTypes.Host.SignInSucceeded] = new(Authentication, Logon, Severity.Informational, "Someone signed in."),
        [EventTypes.Host.SignInFailed] = new(Authentication, Logon, Severity.Low, "A sign-in failed."),
        [EventTypes.Host.SignedOut] = new(Authentication, Logoff, Severity.Informational, "Someone signed out."),
        [EventTypes.Host.CallRefused] = new(ApiActivity, Other, Severity.Low, "A call was refused."),
        [EventTypes.Host.AuditExported] = new(ApiActivity, Read, Severity.Low, "The audit trail was exported."),
        [EventTypes.Host.AuditVerified] = new(ApiActivity, Read, Severity.Low, "The audit trail was verified."),
        [EventTypes.Host.RequestsExported] = new(ApiActivity, Read, Severity.Low, "Requests were exported."),
        [EventTypes.Host.Purged] = Entity(Delete, "A stream of audit events was purged.", Severity.Medium, "audit trail"),
        [EventTypes.Host.Pseudonymised] = Entity(Delete, "Personal data of a stream of audit events was deleted.", Severity.Medium, "audit trail"),
        [EventTypes.Host.HoldPlaced] = Entity(Update, "A request was put under legal hold.", Severity.Medium, "access request"),
        [EventTypes.Host.HoldLifted] = Entity(Update, "The legal hold of a request was lifted.", Severity.Medium, "access request"),
        [EventTypes.Host.PolicySaved] = Entity(Update, "An access group was saved.", Severity.Medium, "access group"),
        [EventTypes.Host.PolicyDeleted] = Entity(Delete, "An access group was deleted.", Severity.Medium, "access group"),
        [EventTypes.Host.PlatformSaved] = Entity(Update, "A platform was set at run time.", Severity.Medium, "platform"),
        [EventTypes.Host.PlatformDeleted] = Entity(Delete, "A platform was taken away at run time.", Severity.Medium, "platform"),
        [EventTypes.Host.RolesChanged] = Entity(Update, "A person's product roles were changed.", Severity.Medium, "person"),
        [EventTypes.Host.DelegationChanged] = Entity(Update, "A person's stand-in was changed.", Severity.Low, "person"),
        [EventTypes.Host.SlackLinkAsked] = Entity(Update, "A person asked to link a Slack user.", entity: "person", pending: true),
        [EventTypes.Host.SlackLinked] = Entity(Update, "A Slack user was linked to a person.", Severity.Medium, "person"),
        [EventTypes.Host.SlackLinkRefused] = Entity(Update, "A Slack user was not linked.", Severity.Low, "person"),
        [EventTypes.Host.SlackUnlinked] = Entity(Update, "The link of a person's Slack user was removed.", Severity.Low, "person"),
        [EventTypes.Host.PersonAdded] = Entity(Create, "A source of the directory added a person.", entity: "person"),
        [EventTypes.Host.PersonChanged] = Entity(Update, "A source of the directory changed a person.", entity: "person"),
        [EventTypes.Host.PersonDeleted] = Entity(Delete, "A source of the directory deleted a person.", Severity.Low, "person"),
        [EventTypes.Host.PersonLeft] = Entity(Update, "A person left: sign-in, open reviews and access end.", Severity.Medium, "person"),
        [EventTypes.Host.PersonReturned] = Entity(Update, "A person who had left is active again.", Severity.Medium, "person"),
        [EventTypes.Host.GroupAdded] = Entity(Create, "A source of the directory added a group.", Severity.Low, "group"),
        [EventTypes.Host.GroupChanged] = Entity(Update, "A source of the directory changed a group.", Severity.Low, "group"),
        [EventTypes.Host.GroupDeleted] = Entity(Delete, "A source of the directory deleted a group.", Severity.Low, "group"),
        [EventTypes.Host.ReadingRefused] = Entity(Update, "A reading of a whole directory missed so many people that it was not taken over.", Severity.High, "directory"),
        [EventTypes.Host.IdentityLinked] = Entity(Update, "An identity on a platform was linked to a person.", Severity.Medium, "person"),
        [EventTypes.Host.IdentityUnlinked] = Entity(Update, "The link of an identity on a platform to a person was removed.", Severity.Low, "person"),
        [EventTypes.Host.InventoryAsked] = Entity(Read, "Somebody asked to read what a platform holds.", entity: "platform", pending: true),
        [EventTypes.Host.InventoryStarted] = Entity(Read, "Reading what a platform holds began.", entity: "platform", pending: true),
        [EventTypes.Host.InventoryCompleted] = Entity(Read, "What a platform holds was read.", entity: "platform"),
        [EventTypes.Host.InventoryFailed] = Entity(Read, "Reading what a platform holds failed.", Severity.Low, "platform"),
        [EventTypes.Host.AssistantToolUsed] = new(ApiActivity, Read, Severity.Informational, "An assistant looked something up for somebody."),
        [EventTypes.Host.QuestionAsked] = new(ApiActivity, Read, Severity.Informational, "Somebody asked a question in plain words; a second one says that the model did not answer."),
        [EventTypes.Host.ConfigurationChanged] = Entity(Update, "Configuration was read again and is in force.", Severity.Low, "configuration"),
        [EventTypes.Host.ConfigurationRefused] = Entity(Update, "Broken configuration was refused.", Severity.Medium, "configuration"),
        [EventTypes.Host.AuthorityMade] = Entity(Create, "The key of a certificate authority was made.", Severity.Medium, "certificate authority"),
        [EventTypes.Host.RevocationsPublished] = Entity(Update, "A new list of revoked certificates was published.", entity: "certificate authority"),
        [EventTypes.Host.Started] = Entity(Update, "A host started.", entity: "host"),
        [EventTypes.Host.Stopped] = Entity(Update, "A host stopped.", entity: "host"),
    };

    private static AuditEventType Entity(
        int activity, string meaning, Severity severity = Severity.Informational, string entity = "access request", bool pending = false) =>
        new(EntityManagement, activity, severity, meaning, entity, pending);

    private static AuditEventType Access(int activity, string meaning, Severity severity = Severity.Informational, bool pending = false) =>
        new(UserAccess, activity, severity, meaning, Pending: pending);
}
