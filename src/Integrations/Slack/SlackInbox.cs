using System.Text.Json;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Integrations.Slack;

/// <summary>
/// Takes what Slack posts: checks it, keeps it, answers, decides. Slack waits three seconds and then posts again, so an event is durable
/// before it is answered, and what is not decided by then is decided by <see cref="HandleWaiting"/>.
/// </summary>
internal sealed partial class SlackInbox(
    IChannelStore store, SlackDecision decision, SlackApi api, RefusedCalls refused, PublicAddress address, IOptions<SlackSettings> settings, TimeProvider time,
    ILogger<SlackInbox> logger) : ISlackEvents
{
    /// <summary>An event is decided within this while Slack waits for its answer.</summary>
    public static TimeSpan Budget { get; } = TimeSpan.FromSeconds(2);

    /// <summary>For so long a message is looked for that is not known, and it is tried to tell somebody something.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <summary>An event that cannot be decided for so long, because the store does not answer for example, is given up, and the audit trail says so.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromDays(7);

    /// <summary>Slack posts an event again for a day at most.</summary>
    private static readonly TimeSpan DoneKept = TimeSpan.FromDays(2);

    /// <summary>Longer than the longest wait, for a host that was down meanwhile.</summary>
    private static readonly TimeSpan WaitingKept = TimeSpan.FromDays(30);

    /// <inheritdoc/>
    public async Task<SlackReply> Take(SlackPost post, CancellationToken cancellation)
    {
        if (await Refusal(post) is { } words) return new SlackReply(SlackReplyKind.Unsigned, words);
        switch (SlackEvent.Read(post.Body))
        {
            case null:
                return new SlackReply(SlackReplyKind.Malformed, "The body is not an event as Slack's Events API posts it.");
            case SlackEvent.Verification verification:
                return new SlackReply(SlackReplyKind.Challenge, verification.Challenge);
            case SlackEvent.Other other:
                return await IsOurs(other.Team, other.App, post) ? new SlackReply(SlackReplyKind.Taken) : Foreign;
            case SlackEvent.Reaction reaction:
                if (!await IsOurs(reaction.Team, reaction.App, post)) return Foreign;
                if (await Concerns(reaction, cancellation)) await Take(reaction, cancellation);
                return new SlackReply(SlackReplyKind.Taken);
            case var unknown:
                throw new System.Diagnostics.UnreachableException(unknown.GetType().Name);
        }
    }

    /// <summary>Handles every event that was taken and is not done, one after another. One that fails keeps no other from its turn.</summary>
    /// <returns>How many still wait.</returns>
    public async Task<int> HandleWaiting(CancellationToken cancellation)
    {
        var waiting = 0;
        foreach (var row in await store.All(EventRow.Waiting, cancellation))
        {
            if (!await Handle(row, cancellation) && !await GaveUp(row.Key, cancellation)) waiting++;
        }

        return waiting;
    }

    private static SlackReply Foreign { get; } = new(SlackReplyKind.Foreign, "The event is of another workspace or app than the ones that are set up here.");

    private async Task<string?> Refusal(SlackPost post)
    {
        var (reason, words) = SlackSignature.Check(settings.Value.SigningSecrets, post.Timestamp, post.Signature, post.Body, time.GetUtcNow()) switch
        {
            SignatureVerdict.Good => (null, null),
            SignatureVerdict.Missing => ("slack-signature-missing", "The post carries no signature of Slack's."),
            SignatureVerdict.Stale => ("slack-signature-stale", "The post is more than five minutes old, or newer."),
            SignatureVerdict.Bad => ("slack-signature-invalid", "The signature is not that of the app."),
        };
        if (reason is not null) await Record(reason, post.Address);
        return words;
    }

    private async Task<bool> IsOurs(string team, string app, SlackPost post)
    {
        if (string.Equals(team, settings.Value.TeamId, StringComparison.Ordinal) && string.Equals(app, settings.Value.AppId, StringComparison.Ordinal)) return true;
        await Record("slack-foreign", post.Address);
        return false;
    }

    private Task Record(string reason, string? peer) =>
        refused.Record(EventTypes.Host.CallRefused, reason, "anonymous", peer, new Dictionary<string, string> { [RefusedCalls.Route] = "POST /api/slack/events" }, Channel.SlackReaction);

    /// <summary>False for reactions that surely are not on a message of ours, and for our own: people react to each other all day.</summary>
    private async Task<bool> Concerns(SlackEvent.Reaction reaction, CancellationToken cancellation)
    {
        if (reaction.User == reaction.Bot || reaction.User == "USLACKBOT") return false;
        if (reaction.Author is { } author && reaction.Bot is { } bot && author != bot) return false;

        // One that is not known yet may have been posted by an attempt that could not write it down: it is looked for again later.
        if (string.Equals(reaction.Channel, settings.Value.Channel, StringComparison.Ordinal)) return true;
        var (set, key) = PostedRows.Index(reaction.Team, reaction.Channel, reaction.Ts);
        return await store.Find(set, key, cancellation) is not null;
    }

    private async Task Take(SlackEvent.Reaction reaction, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var row = new EventRow(reaction.EventId, reaction.User, reaction.Verdict, reaction.Channel, reaction.Ts, now);
        if (!await store.Add(EventRow.Waiting, reaction.EventId, PostedRows.Write(row), now + WaitingKept, cancellation))
        {
            LogRepeated(reaction.EventId);
            return;
        }

        // Looked up after the row is there: whoever is done writes the id before the row goes.
        if (await store.Find(EventRow.DoneSet(reaction.EventId), reaction.EventId, cancellation) is not null)
        {
            await store.Remove(EventRow.Waiting, reaction.EventId, cancellation);
            LogRepeated(reaction.EventId);
            return;
        }

        using var budget = new CancellationTokenSource(Budget, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellation);
        try
        {
            if (await store.Find(EventRow.Waiting, reaction.EventId, bound.Token) is { } taken) _ = await Handle(taken, bound.Token);
        }
        catch (OperationCanceledException)
        {
            LogLater(reaction.EventId); // it is kept, and Slack is told so
        }
    }

    /// <summary>Handles one event.</summary>
    /// <returns>False where something is left to do.</returns>
    private async Task<bool> Handle(ChannelRow read, CancellationToken cancellation)
    {
        var row = Read(read);
        if (row.Since is { } since && time.GetUtcNow() - since < Lease) return false;
        var mine = row with { Since = time.GetUtcNow() };
        if (await Write(read, mine, cancellation) is not { } claimed) return false;
        var after = mine;
        try
        {
            if (after.Say is null) after = await Decided(after, cancellation);
            if (after.Say is { } words) after = await Told(after, words, cancellation);
            return after.Done;
        }
#pragma warning disable CA1031 // Logged; it waits for the next run.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogFailed(row.EventId, failure);
            return false;
        }
        finally
        {
            if (after.Done) await Finish(after.EventId);
            else _ = await Write(claimed, after with { Since = null }, CancellationToken.None);
        }
    }

    /// <summary>Gives an event up whose time is over, unless somebody is at it.</summary>
    private async Task<bool> GaveUp(string eventId, CancellationToken cancellation)
    {
        if (await store.Find(EventRow.Waiting, eventId, cancellation) is not { } read) return true;
        var (row, now) = (Read(read), time.GetUtcNow());
        if (now - row.TakenAt < LongestWait || now - row.Since < Lease) return false;
        if (await Write(read, row with { Since = now }, cancellation) is null) return false;
        await RecordGivenUp(row, row.RequestId);
        await Finish(eventId);
        return true;
    }

    private async Task Finish(string eventId)
    {
        _ = await store.Add(EventRow.DoneSet(eventId), eventId, "", time.GetUtcNow() + DoneKept, CancellationToken.None);
        await store.Remove(EventRow.Waiting, eventId, CancellationToken.None);
    }

    private Task RecordGivenUp(EventRow row, string? requestId)
    {
        LogGivenUp(row.EventId);
        var about = new Dictionary<string, string> { [RefusedCalls.Route] = "Slack reaction" };
        if (requestId is not null) about[RefusedCalls.Target] = requestId;
        return refused.Record(EventTypes.Host.CallRefused, "slack-given-up", "anonymous", $"slack:{settings.Value.TeamId}/{row.User}", about, Channel.SlackReaction);
    }

    private async Task<EventRow> Decided(EventRow row, CancellationToken cancellation)
    {
        var outcome = await decision.Decide(row, settings.Value.TeamId!, cancellation);
        if (outcome is { Later: true, Unknown: true } && time.GetUtcNow() - row.TakenAt > Patience)
        {
            await RecordGivenUp(row, requestId: null);
            return row with { Done = true };
        }

        return outcome switch
        {
            { Later: true } => row,
            { Say: { } words } => row with { Say = words, RequestId = outcome.RequestId },
            _ => row with { Done = true },
        };
    }

    /// <summary>Tells the reaction's author what became of it, where Slack takes it: not where they left the channel.</summary>
    private async Task<EventRow> Told(EventRow row, string words, CancellationToken cancellation)
    {
        try
        {
            await api.Tell(row.Channel, row.User, SlackRefusals.Message(row, words, address), cancellation);
            return row with { Done = true };
        }
        catch (SlackRefusedException refusal)
        {
            LogNotTold(row.EventId, refusal.Code);
            return row with { Done = true };
        }
        catch (SlackBusyException) when (time.GetUtcNow() - row.TakenAt <= Patience)
        {
            return row;
        }
        catch (SlackBusyException)
        {
            LogNotTold(row.EventId, "no answer");
            return row with { Done = true };
        }
    }

    private async Task<ChannelRow?> Write(ChannelRow read, EventRow row, CancellationToken cancellation)
    {
        if (!await store.Replace(EventRow.Waiting, read, PostedRows.Write(row), row.TakenAt + WaitingKept, cancellation)) return null;
        return await store.Find(EventRow.Waiting, row.EventId, cancellation);
    }

    private static EventRow Read(ChannelRow row) => JsonSerializer.Deserialize<EventRow>(row.Value) ?? throw new JsonException($"Row {row.Key} is empty.");

    [LoggerMessage(Level = LogLevel.Debug, Message = "Slack event {Event} came again.")]
    private partial void LogRepeated(string @event);

    [LoggerMessage(Level = LogLevel.Information, Message = "Slack event {Event} is kept and decided later: it takes longer than Slack waits.")]
    private partial void LogLater(string @event);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slack event {Event} could not be decided; it is tried again.")]
    private partial void LogFailed(string @event, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slack event {Event} is given up: it could not be decided in time, or nobody knows the message. Its author was told nothing.")]
    private partial void LogGivenUp(string @event);

    [LoggerMessage(Level = LogLevel.Information, Message = "The author of Slack event {Event} could not be told what became of it ({Code}).")]
    private partial void LogNotTold(string @event, string code);
}
