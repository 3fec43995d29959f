using System.Collections.Concurrent;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Integrations.Slack;

/// <summary>
/// The requests' messages in the channel. Whatever happened to a request, all its messages are brought in line with what it now is: the
/// decision that is open has a message, an emergency has one, and those that stand say how it came out. Whoever does this twice, late, or
/// at the same time as another, ends with the same messages.
/// </summary>
/// <remarks>
/// Trouble with Slack is not thrown at the host that sends notices: it would repeat the whole notice, and with it every channel that had
/// taken it, for as long as Slack is away, and nobody could be noted as reached meanwhile. The request is noted as behind instead, and
/// <see cref="CatchUp"/> does the rest. Only a store that does not answer is thrown.
/// </remarks>
internal sealed partial class SlackBoard(
    SlackApi api, IChannelStore store, IRequestReader requests, IDirectory directory, PublicAddress address, IOptions<SlackSettings> settings, TimeProvider time,
    ILogger<SlackBoard> logger)
{
    /// <summary>Somebody who has been posting for longer than this is gone. Longer than all calls of one attempt may take.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Clocks differ by less than this: how much further back a lost message is looked for.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BehindKept = TimeSpan.FromDays(30);

    /// <summary>Slack takes about one message a second: a pause as short as this is waited for, within one run of so long.</summary>
    private static readonly TimeSpan ShortPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Run = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private const int Attempts = 4;

    /// <summary>Refusals of the set-up, by their word, and when they were last told.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> _said = new(StringComparer.Ordinal);

    /// <summary>Within a process one at a time per request, so that two notices of one decision do not get into each other's way.</summary>
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 64).Select(static _ => new SemaphoreSlim(1))];

    /// <summary>Brings the messages in line with the request; where Slack does not take it now, it is done later.</summary>
    /// <returns>False where something is left for later.</returns>
    public async Task<bool> Bring(AccessRequest request, CancellationToken cancellation)
    {
        var gate = _gates[(uint)StringComparer.Ordinal.GetHashCode(request.Id) % _gates.Length];
        await gate.WaitAsync(cancellation);
        try
        {
            // A notice may have waited for a while: what was decided meanwhile must not be asked for any more.
            if (await requests.Find(request.Id, cancellation) is { } now && now.Sequence > request.Sequence) request = now;
            if (await InLine(request, cancellation)) return true;
        }
        catch (SlackBusyException busy)
        {
            LogBusy(request.Id, busy.Message);
        }
        catch (SlackRefusedException refused)
        {
            // Somebody has to mend the set-up, and is told so once an hour. The next notice of the request tries again.
            if (IsNews(refused.Code)) LogRefused(refused.Method, refused.Code, request.Id, SlackErrors.Advice(refused.Code));
            return true;
        }
        finally
        {
            gate.Release();
        }

        await NoteBehind(request.Id, cancellation);
        return false;
    }

    /// <summary>The message of that key as it was last written down; null where none was begun.</summary>
    public async Task<PostedRow?> Find(string requestId, string key, CancellationToken cancellation) =>
        await store.Find(PostedRows.Set(requestId), key, cancellation) is { } row ? PostedRows.Read(row) : null;

    /// <summary>Does what was left for later, from the requests as they now are.</summary>
    /// <returns>The requests that are in line now, and how many still are not.</returns>
    public async Task<(IReadOnlyList<AccessRequest> Caught, int Behind)> CatchUp(CancellationToken cancellation)
    {
        List<AccessRequest> caught = [];
        var (behind, end) = (0, time.GetUtcNow() + Run);
        foreach (var row in await store.All(PostedRows.Behind, cancellation))
        {
            var request = await requests.Find(row.Key, cancellation);
            if (request is not null)
            {
                var done = await Bring(request, cancellation);
                while (!done && await Waited(end, cancellation)) done = await Bring(request, cancellation);
                if (!done)
                {
                    behind++;
                    continue;
                }

                caught.Add(request);
            }

            // Noted again meanwhile, by somebody or by a try of this run: then the next run looks once more.
            if (await store.Find(PostedRows.Behind, row.Key, cancellation) is { } now && now.Version == row.Version)
                await store.Remove(PostedRows.Behind, row.Key, cancellation);
        }

        return (caught, behind);
    }

    /// <summary>Waits for a short pause that Slack asked for to be over; false where there is none, or no time for it.</summary>
    private async Task<bool> Waited(DateTimeOffset end, CancellationToken cancellation)
    {
        var pause = api.PausedUntil - time.GetUtcNow();
        if (pause <= TimeSpan.Zero || pause > ShortPause || time.GetUtcNow() + pause > end) return false;
        await Task.Delay(pause, time, cancellation);
        return true;
    }

    private bool IsNews(string code)
    {
        var (now, news) = (time.GetUtcNow(), false);
        _ = _said.AddOrUpdate(code, _ => Said(), (_, last) => now - last < Hour ? last : Said());
        return news;

        DateTimeOffset Said()
        {
            news = true;
            return now;
        }
    }

    private async Task NoteBehind(string requestId, CancellationToken cancellation)
    {
        var until = time.GetUtcNow() + BehindKept;
        if (await store.Add(PostedRows.Behind, requestId, $"{time.GetUtcNow():O}", until, cancellation)) return;
        if (await store.Find(PostedRows.Behind, requestId, cancellation) is { } row) _ = await store.Replace(PostedRows.Behind, row, $"{time.GetUtcNow():O} {Guid.NewGuid():N}", until, cancellation);
    }

    private async Task<bool> InLine(AccessRequest request, CancellationToken cancellation)
    {
        var people = directory.Current;
        var words = new SlackWords(request, people, address);
        var done = true;
        var keys = (await store.All(PostedRows.Set(request.Id), cancellation)).Select(static row => row.Key).ToHashSet(StringComparer.Ordinal);
        if (Due(request) is { } asked && keys.Add(PostedRows.Key(asked.Revision, asked.Level)))
            done &= await InLine(request, asked, PostedRows.Key(asked.Revision, asked.Level), words, people, cancellation);
        if (request.Emergency is not null && keys.Add(PostedRows.Emergency))
            done &= await InLine(request, (request.Revision, 0), PostedRows.Emergency, words, people, cancellation);

        foreach (var key in keys.Order(StringComparer.Ordinal))
        {
            if (await Find(request.Id, key, cancellation) is { } row) done &= await InLine(request, (row.Revision, row.Level), key, words, people, cancellation);
        }

        return done;
    }

    private static (int Revision, int Level)? Due(AccessRequest request) => request.Phase == Phase.Open && request.Level > 0 ? (request.Revision, request.Level) : null;

    /// <summary>Brings one message in line.</summary>
    /// <returns>False where another attempt is under way, so that somebody has to look again.</returns>
    private async Task<bool> InLine(AccessRequest request, (int Revision, int Level) about, string key, SlackWords words, IPeople people, CancellationToken cancellation)
    {
        var mention = about.Level == 0 ? SlackPeople.Everyone(request, people)
            : Due(request) == about ? SlackPeople.ToDecide(request, request.Levels[about.Level - 1], people)
            : [];
        var message = about.Level == 0 ? words.Emergency(mention) : words.Decision(about.Revision, about.Level, mention);
        var due = about.Level == 0 || Due(request) == about;
        var slot = new Slot(request, about, key, message, mention, due);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var stored = await store.Find(PostedRows.Set(request.Id), key, cancellation);
            var row = stored is null ? null : PostedRows.Read(stored);
            switch (row?.Standing)
            {
                case Standing.GivenUp:
                    return true;
                case null or Standing.Missing when !due:
                    return true;
                case null or Standing.Missing:
                    if (await Post(slot, stored, lookSince: null, cancellation)) return true;
                    break;
                case Standing.Posting when time.GetUtcNow() - row.Since < Lease:
                    return false;
                case Standing.Posting or Standing.Unsure:
                    if (await Post(slot, stored, row.Since, cancellation)) return true;
                    break;
                case Standing.Posted:
                    if (row.Sequence > request.Sequence) return true;
                    if (await Edit(slot, stored!, row, cancellation)) return true;
                    break;
            }
        }

        return false;
    }

    /// <summary>Posts a message, or finds that it was posted.</summary>
    /// <param name="lookSince">When an attempt began that may have posted it; null: there was none.</param>
    /// <returns>False where the row is another's now, or has to be looked at again.</returns>
    private async Task<bool> Post(Slot slot, ChannelRow? stored, DateTimeOffset? lookSince, CancellationToken cancellation)
    {
        var channel = settings.Value.Channel!;
        var mine = new PostedRow(Standing.Posting, time.GetUtcNow(), slot.About.Revision, slot.About.Level, slot.Request.Sequence) { Channel = channel, Mentioned = slot.Mention };
        if (await Write(slot, stored, mine, cancellation) is not { } claimed) return false;

        // From here on nothing stops half way: what was done to Slack has to be written down.
        try
        {
            var mark = new SlackMark(slot.Request.Id, slot.Key);
            if (lookSince is { } since && await Look(mark, since, cancellation) is { } found)
            {
                await Written(slot, claimed, mine with { Standing = Standing.Posted, Ts = found, Sequence = 0 });
                return false; // it says what it said then: look again
            }

            if (!slot.Due)
            {
                _ = await Write(slot, claimed, mine with { Standing = Standing.Missing }, CancellationToken.None);
                return true;
            }

            var ts = await api.Post(channel, slot.Message, mark, cancellation);
            await Written(slot, claimed, mine with { Standing = Standing.Posted, Ts = ts, Hash = slot.Message.Hash });
            return true;
        }
        catch (SlackRefusedException refused) when (refused.AboutMessage)
        {
            LogGivenUp(slot.Request.Id, slot.Key, refused.Method, refused.Code);
            _ = await Write(slot, claimed, mine with { Standing = Standing.GivenUp }, CancellationToken.None);
            return true;
        }
        catch (SlackRefusedException)
        {
            _ = await Write(slot, claimed, mine with { Standing = Later(lookSince), Since = lookSince ?? mine.Since }, CancellationToken.None);
            throw;
        }
        catch (SlackBusyException busy)
        {
            var standing = busy.Unsure ? Standing.Unsure : Later(lookSince);
            _ = await Write(slot, claimed, mine with { Standing = standing, Since = lookSince ?? mine.Since }, CancellationToken.None);
            throw;
        }
        catch (OperationCanceledException)
        {
            _ = await Write(slot, claimed, mine with { Standing = Standing.Unsure, Since = lookSince ?? mine.Since }, CancellationToken.None);
            throw;
        }

        static Standing Later(DateTimeOffset? lookSince) => lookSince is null ? Standing.Missing : Standing.Unsure;
    }

    /// <summary>A look that is refused for want of a scope must not keep the request off the board: it is posted again then.</summary>
    private async Task<string?> Look(SlackMark mark, DateTimeOffset since, CancellationToken cancellation)
    {
        try
        {
            return await api.Find(settings.Value.Channel!, mark, since - Skew, cancellation);
        }
        catch (SlackRefusedException refused) when (refused.Code is "missing_scope" or "no_permission")
        {
            LogCannotLook(mark.RequestId, refused.Code, SlackErrors.Advice(refused.Code));
            return null;
        }
    }

    /// <summary>Has a message say what is so now.</summary>
    /// <returns>False where the row is another's now.</returns>
    private async Task<bool> Edit(Slot slot, ChannelRow stored, PostedRow row, CancellationToken cancellation)
    {
        var current = row with { Sequence = slot.Request.Sequence };
        if (row.Hash == slot.Message.Hash) return row.Sequence == current.Sequence || await Write(slot, stored, current, cancellation) is not null;

        // What it says is not known until the call is back: whoever finds the row so sends it again.
        if (await Write(slot, stored, current with { Hash = null }, cancellation) is not { } claimed) return false;
        try
        {
            await api.Update(row.Channel!, row.Ts!, slot.Message, cancellation);
        }
        catch (SlackRefusedException refused) when (refused.AboutMessage)
        {
            LogGivenUp(slot.Request.Id, slot.Key, refused.Method, refused.Code);
            _ = await Write(slot, claimed, current with { Standing = Standing.GivenUp }, CancellationToken.None);
            return true;
        }

        if (await Write(slot, claimed, current with { Hash = slot.Message.Hash }, CancellationToken.None) is not null) return true;

        // A newer state was sent at the same time, and which of the two came last is Slack's to know: it is sent once more.
        if (await store.Find(PostedRows.Set(slot.Request.Id), slot.Key, CancellationToken.None) is { } now)
            _ = await Write(slot, now, PostedRows.Read(now) with { Hash = null }, CancellationToken.None);
        await NoteBehind(slot.Request.Id, CancellationToken.None);
        return true;
    }

    /// <summary>The message is in the channel: reactions find it from now on.</summary>
    private async Task Written(Slot slot, ChannelRow claimed, PostedRow row)
    {
        var (set, key) = PostedRows.Index(settings.Value.TeamId!, row.Channel!, row.Ts!);
        var binding = new MessageBinding(slot.Request.Id, row.Revision, row.Level);
        _ = await store.Add(set, key, PostedRows.Write(binding), PostedRows.KeepUntil(slot.Request, time.GetUtcNow()), CancellationToken.None);
        _ = await Write(slot, claimed, row, CancellationToken.None);
    }

    /// <summary>Adds or replaces the row.</summary>
    /// <returns>The row as it now is; null where another was quicker.</returns>
    private async Task<ChannelRow?> Write(Slot slot, ChannelRow? read, PostedRow row, CancellationToken cancellation)
    {
        var (set, value, until) = (PostedRows.Set(slot.Request.Id), PostedRows.Write(row), PostedRows.KeepUntil(slot.Request, time.GetUtcNow()));
        var written = read is null ? await store.Add(set, slot.Key, value, until, cancellation) : await store.Replace(set, read, value, until, cancellation);
        if (!written) return null;

        // Whoever writes at the same time begins by making the row another: then this one is not ours any more.
        return await store.Find(set, slot.Key, cancellation) is { } now && now.Value == value ? now : null;
    }

    /// <summary>One message to be: what about, what it says, whom it mentions, and whether it has to be there.</summary>
    private sealed record Slot(AccessRequest Request, (int Revision, int Level) About, string Key, SlackMessage Message, IReadOnlyList<string> Mention, bool Due);

    [LoggerMessage(Level = LogLevel.Information, Message = "The Slack messages of request {Request} are brought in line later: {Why}")]
    private partial void LogBusy(string request, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "Slack refuses {Method} ({Code}), so request {Request} is not shown there. {Advice}")]
    private partial void LogRefused(string method, string code, string request, string advice);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {Key} of request {Request} stays as it is: Slack refuses {Method} ({Code}).")]
    private partial void LogGivenUp(string request, string key, string method, string code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether request {Request} was posted cannot be looked up ({Code}), so it may be in the channel twice. {Advice}")]
    private partial void LogCannotLook(string request, string code, string advice);
}
