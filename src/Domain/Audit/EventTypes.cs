namespace AccessFunctions.Domain.Audit;

/// <summary>
/// The types of audit events. The names are stable: they are chained, exported and matched by rules in SIEMs. What each one means in
/// OCSF is one table beside the wire format.
/// </summary>
public static class EventTypes
{
    /// <summary>Steps of a request's life, in the request's own stream.</summary>
    public static class Request
    {
        public const string Submitted = "access.request.submitted";

        /// <summary>An approver said yes.</summary>
        public const string Approved = "access.request.approved";

        /// <summary>An approver said no; the request is denied only where the phase says so.</summary>
        public const string Denied = "access.request.denied";

        /// <summary>An earlier review no longer counts: its author replaced it, or a new revision cleared it.</summary>
        public const string ReviewSuperseded = "access.request.review-superseded";
        public const string LevelPassed = "access.request.level-passed";

        /// <summary>An approver changed what is asked; the revision is the new one.</summary>
        public const string Changed = "access.request.changed";
        public const string Cancelled = "access.request.cancelled";
        public const string EmergencyDeclared = "access.request.emergency-declared";

        /// <summary>The review an emergency owed was given; the reason says ratified or objected.</summary>
        public const string EmergencyReviewed = "access.request.emergency-reviewed";
        public const string EmergencyReviewOverdue = "access.request.emergency-review-overdue";

        /// <summary>No approver was reached in time with the notice of an emergency; administrators are alerted.</summary>
        public const string EmergencyNoticeUndelivered = "access.request.emergency-notice-undelivered";
        public const string EmergencyNoticeDelivered = "access.request.emergency-notice-delivered";

        /// <summary>An approver or administrator ended access before its end.</summary>
        public const string Revoked = "access.request.revoked";

        /// <summary>The requester gave access back.</summary>
        public const string Released = "access.request.released";
        public const string ExtensionAsked = "access.request.extension-asked";

        /// <summary>The platform holds the new end.</summary>
        public const string Extended = "access.request.extended";

        /// <summary>The platform did not take the new end; the old one holds.</summary>
        public const string ExtendFailed = "access.request.extend-failed";

        /// <summary>Nobody decided in time.</summary>
        public const string Lapsed = "access.request.lapsed";
        public const string Escalated = "access.request.escalated";
        public const string Reminded = "access.request.reminded";

        /// <summary>Decided for; access waits for its start.</summary>
        public const string Scheduled = "access.request.scheduled";

        /// <summary>The period began; provisioning starts.</summary>
        public const string Started = "access.request.started";

        /// <summary>The period ended; removal starts.</summary>
        public const string Expired = "access.request.expired";

        /// <summary>Nothing is left of it: every grant is proven gone, or there was none.</summary>
        public const string Closed = "access.request.closed";

        /// <summary>Provisioning was given up; what was done is undone.</summary>
        public const string Failed = "access.request.failed";

        /// <summary>A signal was refused; the reason is the refusal's.</summary>
        public const string Refused = "access.request.refused";

        /// <summary>People came or went, and the seats of this request changed.</summary>
        public const string DirectoryChanged = "access.request.directory-changed";

        /// <summary>The seat of an approver who left is their stand-in's from now on.</summary>
        public const string ReviewHandedOver = "access.request.review-handed-over";

        /// <summary>The requester fetched a secret.</summary>
        public const string SecretLooked = "access.request.secret-looked";

        /// <summary>The requester is shown a recording; recorded before its bytes leave.</summary>
        public const string RecordingViewed = "access.request.recording-viewed";
    }

    /// <summary>Steps of one grant, in its request's stream but where said.</summary>
    public static class Grant
    {
        public const string ProvisionStarted = "access.grant.provision-started";

        /// <summary>The access is on the platform.</summary>
        public const string Provisioned = "access.grant.provisioned";
        public const string ProvisionFailed = "access.grant.provision-failed";

        /// <summary>A person was asked to give the access by hand.</summary>
        public const string FulfilmentAsked = "access.grant.fulfilment-asked";

        /// <summary>A named person confirmed that access was given.</summary>
        public const string Fulfilled = "access.grant.fulfilled";
        public const string RevokeStarted = "access.grant.revoke-started";

        /// <summary>The platform says the access is removed; the proof is yet to come.</summary>
        public const string Removed = "access.grant.removed";
        public const string RevokeFailed = "access.grant.revoke-failed";

        /// <summary>The platform was looked at, and access was found or the look failed.</summary>
        public const string ReadBack = "access.grant.read-back";

        /// <summary>A look at the platform proved that nothing of the grant remains.</summary>
        public const string ProvenGone = "access.grant.proven-gone";

        /// <summary>A person was asked to confirm a removal that no machine can prove.</summary>
        public const string RemovalAsked = "access.grant.removal-asked";

        /// <summary>A named person confirmed the removal.</summary>
        public const string RemovalConfirmed = "access.grant.removal-confirmed";

        /// <summary>The removal keeps failing; administrators are alerted, and it is tried on.</summary>
        public const string RevocationFailing = "access.grant.revocation-failing";

        /// <summary>A comparison found that access of an active request is gone, and nobody took it through here. In a host stream.</summary>
        public const string Vanished = "access.grant.vanished";

        /// <summary>A comparison found access that had been proven gone, and nobody gave it through here. In a host stream.</summary>
        public const string Unexpected = "access.grant.unexpected";

        /// <summary>Access that is asked for here was found on a platform, and no grant explains it. The reason says whether it stood when the platform was first compared.</summary>
        public const string Ungranted = "access.grant.ungranted";
    }

    /// <summary>What happened outside any request, in host streams.</summary>
    public static class Host
    {
        public const string SignInSucceeded = "access.signin.succeeded";

        /// <summary>A sign-in was refused, or a call came with a session that had ended; the reason says which.</summary>
        public const string SignInFailed = "access.signin.failed";

        /// <summary>Somebody signed out of their session.</summary>
        public const string SignedOut = "access.signin.ended";

        /// <summary>A call was refused before it reached a request.</summary>
        public const string CallRefused = "access.call.refused";
        public const string AuditExported = "access.audit.exported";
        public const string RequestsExported = "access.requests.exported";

        /// <summary>Somebody had the whole trail verified; the reason says whether it is sound.</summary>
        public const string AuditVerified = "access.audit.verified";
        /// <summary>A stream was purged after its keeping time; the detail holds what its tombstone is compared with. In a stream that is never purged.</summary>
        public const string Purged = "access.audit.purged";

        /// <summary>Free text, names and addresses of a stream, or one person's in it, are being deleted.</summary>
        public const string Pseudonymised = "access.audit.pseudonymised";

        /// <summary>A request is kept, whatever its keeping time, until the hold is lifted.</summary>
        public const string HoldPlaced = "access.retention.hold-placed";
        public const string HoldLifted = "access.retention.hold-lifted";
        public const string PolicySaved = "access.policy.saved";
        public const string PolicyDeleted = "access.policy.deleted";

        /// <summary>A platform was set at run time, through a request.</summary>
        public const string PlatformSaved = "access.platform.saved";
        public const string PlatformDeleted = "access.platform.deleted";
        public const string RolesChanged = "access.people.roles-changed";
        public const string DelegationChanged = "access.people.delegation-changed";

        /// <summary>A person asked to link a Slack user; the code went to that user, or did not.</summary>
        public const string SlackLinkAsked = "access.people.slack-link-asked";

        /// <summary>A Slack user is a person's from now on: they proved it by the code, or an administrator said so.</summary>
        public const string SlackLinked = "access.people.slack-linked";

        /// <summary>A link was not made: the code was wrong, or the user was not to be asked.</summary>
        public const string SlackLinkRefused = "access.people.slack-link-refused";

        /// <summary>A person has no Slack user any more.</summary>
        public const string SlackUnlinked = "access.people.slack-unlinked";

        /// <summary>A source of the directory told of a person for the first time.</summary>
        public const string PersonAdded = "access.directory.person-added";

        /// <summary>A source told something else of a person; the detail names what.</summary>
        public const string PersonChanged = "access.directory.person-changed";

        /// <summary>A source deleted a person.</summary>
        public const string PersonDeleted = "access.directory.person-deleted";

        /// <summary>A person is no longer active: sign-in, open reviews and access end.</summary>
        public const string PersonLeft = "access.directory.person-left";

        /// <summary>A person who had left is active again.</summary>
        public const string PersonReturned = "access.directory.person-returned";
        public const string GroupAdded = "access.directory.group-added";

        /// <summary>A source changed the name or the members of a group; the detail names whom.</summary>
        public const string GroupChanged = "access.directory.group-changed";
        public const string GroupDeleted = "access.directory.group-deleted";

        /// <summary>A source was read from the beginning and missed so many people that nothing of it was taken over.</summary>
        public const string ReadingRefused = "access.directory.reading-refused";

        /// <summary>An identity on a platform is a person's from now on: an administrator said so, or the platform vouches for their address.</summary>
        public const string IdentityLinked = "access.identity.linked";

        /// <summary>An identity is that person's no more.</summary>
        public const string IdentityUnlinked = "access.identity.unlinked";

        /// <summary>Somebody wants the facts of a platform to be read now.</summary>
        public const string InventoryAsked = "access.inventory.asked";

        /// <summary>Reading what a platform holds began, or goes on after it had failed.</summary>
        public const string InventoryStarted = "access.inventory.started";

        /// <summary>Everything that a platform holds was read; the detail says how much, and what was different.</summary>
        public const string InventoryCompleted = "access.inventory.completed";

        /// <summary>Reading what a platform holds failed; what was read before stays.</summary>
        public const string InventoryFailed = "access.inventory.failed";

        /// <summary>An assistant looked something up for the person whose credential it carries; the detail says with which tool.</summary>
        public const string AssistantToolUsed = "access.assistant.tool-used";

        /// <summary>Somebody asked a question in plain words; the reason says what answered it.</summary>
        public const string QuestionAsked = "access.assistant.question-asked";

        /// <summary>Configuration was read again and is in force.</summary>
        public const string ConfigurationChanged = "access.configuration.changed";

        /// <summary>Broken configuration was refused; the last good one stays in force.</summary>
        public const string ConfigurationRefused = "access.configuration.refused";

        /// <summary>The key of a certificate authority was made.</summary>
        public const string AuthorityMade = "access.authority.made";

        /// <summary>A new list of revoked certificates was signed and is published.</summary>
        public const string RevocationsPublished = "access.authority.revocations-published";

        /// <summary>A process of the host started; the detail says with which configuration.</summary>
        public const string Started = "access.host.started";
        public const string Stopped = "access.host.stopped";
    }
}
