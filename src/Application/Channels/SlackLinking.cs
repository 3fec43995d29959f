using System.Security.Cryptography;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Channels;

/// <summary>How a step of linking came out.</summary>
/// <param name="Reason">Null where it was done; else a stable word.</param>
/// <param name="Words">What to tell the person.</param>
public sealed record SlackLinkAnswer(string? Reason, string Words)
{
    public bool Done => Reason is null;

    /// <summary>True: no audit event tells of it; whoever answers the person records it.</summary>
    public bool IsUnrecorded { get; init; }
}

/// <summary>
/// Links Slack users to people: by the person, who proves that the user is theirs by a code that only that user was sent, or by an
/// administrator. Never by what a Slack profile says, which its owner writes.
/// </summary>
public sealed class SlackLinking(
    IDirectory directory, IChannelStore store, IAuditLog audit, RefusedCalls refused, IEnumerable<ISlackDirect> slack, TimeProvider time,
    IAccessGroups? groups = null, IPlatforms? platforms = null)
{
    /// <summary>For so long a code counts.</summary>
    public static TimeSpan CodeLife { get; } = TimeSpan.FromMinutes(10);

    /// <summary>How often something may be typed for one code.</summary>
    public const int Tries = 5;

    /// <summary>Codes that a person may ask for in an hour.</summary>
    public const int PersonSends = 5;

    /// <summary>Codes that one Slack user is sent in an hour, whoever asks.</summary>
    public const int UserSends = 3;

    private readonly SlackLinkRows _rows = new(store);
    private readonly ISlackDirect? _slack = slack.FirstOrDefault();

    /// <summary>False where Slack is not set up: then nobody can prove anything through it.</summary>
    public bool IsSetUp => _slack is not null;

    /// <summary>The code that waits to be typed by that person; null: none that still counts.</summary>
    public async Task<SlackLinkAsked?> Awaited(string person, CancellationToken cancellation) =>
        IsSetUp && (await _rows.Find(SlackLinkRows.OfPerson(person), cancellation)).Asked is { TriesLeft: > 0 } asked && time.GetUtcNow() < asked.Until ? asked : null;

    /// <summary>Sends a code to a Slack user that the caller says is theirs.</summary>
    /// <param name="user">The member id as it was typed.</param>
    public async Task<SlackLinkAnswer> Ask(Caller caller, string? user, CancellationToken cancellation)
    {
        if (_slack is null) return NotSetUp;
        if (Refusal(caller.Id, user) is { } wrong)
        {
            if (wrong == Taken) await NotTaken(caller, user!, wrong);
            return wrong;
        }

        var now = time.GetUtcNow();
        var key = SlackLinkRows.OfPerson(caller.Id);
        if (!await _rows.Reserve(key, PersonSends, now, cancellation) || !await _rows.Reserve(SlackLinkRows.OfUser(user!), UserSends, now, cancellation))
        {
            await NotTaken(caller, user!, TooMany);
            return TooMany;
        }

        var (code, salt) = (SlackLinkCode.New(), RandomNumberGenerator.GetBytes(16));
        var asked = new SlackLinkAsked(user!, Convert.ToBase64String(salt), SlackLinkCode.Hash(code, salt, caller.Id, user!), now + CodeLife, Tries);
        await _rows.Change(key, now, row => (row with { Asked = asked }, true), cancellation);
        var answer = Said(await _slack.SendCode(user!, code, caller.Person, cancellation));
        if (answer.Reason is not (null or Unsure)) await Forget(caller.Id, asked, cancellation);
        await Record(caller, EventTypes.Host.SlackLinkAsked, caller.Id, user, answer.Reason, cancellation);
        return answer;
    }

    /// <summary>Links the user that a code was sent to, where the caller types that code.</summary>
    public async Task<SlackLinkAnswer> Confirm(Caller caller, string? typed, CancellationToken cancellation)
    {
        if (_slack is null) return NotSetUp;
        if (SlackLinkCode.Read(typed) is not { } code) return NoCode;
        var now = time.GetUtcNow();

        // A try is spent before it is looked at, so that many at once are not more than there are.
        var asked = await _rows.Change(SlackLinkRows.OfPerson(caller.Id), now, row => row.Asked is { TriesLeft: > 0 } waiting && now < waiting.Until
            ? (row with { Asked = waiting with { TriesLeft = waiting.TriesLeft - 1 } }, waiting)
            : (null, (SlackLinkAsked?)null), cancellation);
        if (asked is null) return Nothing;
        if (!SlackLinkCode.Matches(code, Convert.FromBase64String(asked.Salt), caller.Id, asked.User, asked.Hash))
        {
            await Record(caller, EventTypes.Host.SlackLinkRefused, caller.Id, asked.User, "wrong-code", cancellation);
            return asked.TriesLeft > 1
                ? new SlackLinkAnswer("wrong-code", $"This is not the code. You can try {Times(asked.TriesLeft - 1)} more.")
                : new SlackLinkAnswer("no-tries-left", "This is not the code, and it no longer counts. Ask for a new one.");
        }

        if (!await Forget(caller.Id, asked, cancellation)) return Nothing;
        if (!await directory.SetSlackUser(caller.Id, asked.User, cancellation))
        {
            await Record(caller, EventTypes.Host.SlackLinkRefused, caller.Id, asked.User, Taken.Reason, cancellation);
            return Taken;
        }

        await Record(caller, EventTypes.Host.SlackLinked, caller.Id, asked.User, null, cancellation);
        return new SlackLinkAnswer(null, "Your Slack user is linked.");
    }

    /// <summary>Links a user to a person without a code. Only administrators.</summary>
    /// <returns>Null where done; else why not.</returns>
    public async Task<Refusal?> Link(Caller caller, string person, string user, CancellationToken cancellation)
    {
        if (!caller.IsAdministrator) return new Refusal(RefusalReason.NotPermitted, "Only administrators may do this.");
        if (directory.Current.Find(person) is null) return NoSuchPerson;
        if (await Approval(caller, person, cancellation) is { } needed) return needed;
        if (!SlackUsers.IsId(user)) return Wrong(NotAnId);
        if (!await directory.SetSlackUser(person, user, cancellation)) return Wrong(Taken);
        await Record(caller, EventTypes.Host.SlackLinked, person, user, null, cancellation);
        return null;
    }

    /// <summary>Removes a person's link. That person or an administrator.</summary>
    /// <returns>Null where done, or where there was none; else why not.</returns>
    public async Task<Refusal?> Unlink(Caller caller, string person, CancellationToken cancellation)
    {
        if (caller.Id != person && !caller.IsAdministrator) return new Refusal(RefusalReason.NotPermitted, "Only that person or an administrator removes the link.");
        if (directory.Current.Find(person) is not { } found) return NoSuchPerson;
        if (caller.Id != person && await Approval(caller, person, cancellation) is { } needed) return needed;
        await directory.SetSlackUser(person, null, cancellation);
        if (found.SlackUserId is { } user) await Record(caller, EventTypes.Host.SlackUnlinked, person, user, null, cancellation);
        return null;
    }

    private async Task<Refusal?> Approval(Caller caller, string person, CancellationToken cancellation) =>
        groups is null ? null : await new SettingsApproval(groups, platforms).Needed(caller, SettingsPaths.Person(person), cancellation);

    private const string Unsure = "slack-unsure";

    private static SlackLinkAnswer NotSetUp { get; } = new("slack-not-set-up", "Slack is not set up here.") { IsUnrecorded = true };

    private static SlackLinkAnswer NotAnId { get; } =
        new("not-an-id", "This is not a Slack member id, such as U0123456789. In Slack it is under your picture: Profile, ⋮, Copy member ID.") { IsUnrecorded = true };

    private static SlackLinkAnswer Taken { get; } = new("linked-to-another", "This Slack user is linked to another person. An administrator can change that.");

    private static SlackLinkAnswer TooMany { get; } = new("too-many-codes", "Too many codes were asked for. Try again in an hour, or ask an administrator to link you.");

    private static SlackLinkAnswer NoCode { get; } = new("no-code", $"The code has {SlackLinkCode.Length} letters and digits, such as BCDFG-23456.") { IsUnrecorded = true };

    private static SlackLinkAnswer Nothing { get; } = new("no-code-awaited", "No code is awaited any more: it counts for ten minutes and once. Ask for a new one.") { IsUnrecorded = true };

    private static Refusal NoSuchPerson { get; } = new(RefusalReason.NotFound, "There is no such person.");

    private SlackLinkAnswer? Refusal(string person, string? user)
    {
        if (user is null || !SlackUsers.IsId(user)) return NotAnId;
        return directory.Current.All.FirstOrDefault(other => string.Equals(other.SlackUserId, user, StringComparison.Ordinal)) is not { } owner ? null
            : owner.Id == person ? new SlackLinkAnswer("yours-already", "This Slack user is linked to you already.") { IsUnrecorded = true }
            : Taken;
    }

    private static SlackLinkAnswer Said(SlackDelivery delivery) => delivery switch
    {
        SlackDelivery.Taken => new(null, "The code is on its way."),
        SlackDelivery.Unsure => new(Unsure, "Slack did not answer. If the message comes all the same, type its code on this page; else ask for a new one in a minute."),
        SlackDelivery.Busy => new("slack-busy", "Slack takes no messages now. Try again in a minute."),
        SlackDelivery.NoSuchUser => new("slack-no-such-user", "Slack knows no such user in this workspace. Copy the member id from your own profile in Slack."),
        SlackDelivery.NotReachable => new("slack-not-reachable", "Slack does not let the app write to this user. It has to be a person of this workspace."),
        SlackDelivery.NotAllowed => new("slack-not-allowed", "Slack does not let the app write to people. An administrator has to mend the app's set-up; the log says how."),
        _ => throw new System.Diagnostics.UnreachableException(delivery.ToString()),
    };

    /// <summary>Takes a code away, where it is still the one that is awaited.</summary>
    private Task<bool> Forget(string person, SlackLinkAsked asked, CancellationToken cancellation) => _rows.Change(
        SlackLinkRows.OfPerson(person), time.GetUtcNow(), row => row.Asked?.Hash == asked.Hash ? (row with { Asked = null }, true) : (null, false), cancellation);

    private static Refusal Wrong(SlackLinkAnswer answer) => new(RefusalReason.InvalidAsk, $"slackUserId: {answer.Words}")
    {
        Errors = new Dictionary<string, IReadOnlyList<string>> { ["slackUserId"] = [answer.Words] },
    };

    private static string Times(int count) => count == 1 ? "once" : $"{count} times";

    // Somebody who tries many: not an event for each.
    private Task NotTaken(Caller caller, string user, SlackLinkAnswer answer) => refused.Record(
        EventTypes.Host.SlackLinkRefused, answer.Reason!, caller.Id, caller.Address, new Dictionary<string, string> { [RefusedCalls.Target] = caller.Id, ["slackUser"] = user }, caller.Channel);

    private Task Record(Caller caller, string type, string person, string? user, string? reason, CancellationToken cancellation) => audit.Append(new AuditEvent
    {
        Type = type,
        At = time.GetUtcNow(),
        Actor = caller.Id,
        Channel = caller.Channel.ToString(),
        Succeeded = reason is null,
        Reason = reason,
        Resource = $"person/{person}",
        Detail = new AuditDetail { Address = caller.Address, More = user is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["slackUser"] = user } },
    }, cancellation);
}
