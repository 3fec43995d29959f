using System.Text.Json;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Slack;

/// <summary>What became of a reaction.</summary>
/// <param name="Later">It cannot be decided yet.</param>
/// <param name="Unknown">Nobody knows the message (yet).</param>
/// <param name="Say">What its author is to be told; null: nothing.</param>
internal sealed record SlackOutcomeOfReaction(bool Later = false, bool Unknown = false, string? Say = null, string? RequestId = null);

/// <summary>Decides one reaction: who reacted to what, and then it is the request's own door that says yes or no.</summary>
internal sealed class SlackDecision(
    IChannelStore store, IDirectory directory, RequestService requests, SlackBoard board, RefusedCalls refused)
{
    /// <summary>Decides. The signal's id comes from the event's, so that a repeat gets the first answer.</summary>
    public async Task<SlackOutcomeOfReaction> Decide(EventRow reaction, string team, CancellationToken cancellation)
    {
        var (set, key) = PostedRows.Index(team, reaction.Channel, reaction.Ts);
        if (await store.Find(set, key, cancellation) is not { } found) return new SlackOutcomeOfReaction(Later: true, Unknown: true);
        var binding = JsonSerializer.Deserialize<MessageBinding>(found.Value)!;
        var address = $"slack:{team}/{reaction.User}";
        if (directory.Current.WithSlack(reaction.User) is not { } person)
        {
            await Record("slack-unlinked", "anonymous", address, binding.RequestId);
            return new SlackOutcomeOfReaction(Say: SlackRefusals.Unlinked, RequestId: binding.RequestId);
        }

        return await Decide(new Caller(person, Channel.SlackReaction, address), reaction, binding, cancellation);
    }

    private async Task<SlackOutcomeOfReaction> Decide(Caller caller, EventRow reaction, MessageBinding binding, CancellationToken cancellation)
    {
        var signalId = $"slack-{reaction.EventId}";
        var answer = reaction.Verdict switch
        {
            Verdict.Approve => await requests.Approve(caller, binding.RequestId, signalId, new ApproveInput(binding.Revision, null, null, null, null, null, binding.Level), cancellation),
            Verdict.Deny => await requests.Deny(caller, binding.RequestId, signalId, new DenyInput(binding.Revision, null, binding.Level), cancellation),
        };
        if (answer is { Settled: false, Refusal: null }) return new SlackOutcomeOfReaction(Later: true);
        if (answer.Refusal is { } refusal)
        {
            // A request that the person may not see has no chain to write into for them.
            if (refusal.Reason == RefusalReason.NotFound) await Record("slack-not-an-approver", caller.Id, caller.Address!, binding.RequestId);
            return new SlackOutcomeOfReaction(Say: SlackRefusals.Of(refusal, answer.State, directory.Current), RequestId: binding.RequestId);
        }

        // Not every decision yields a notice (one approval of two), and it is here that its author looks.
        if (answer.State is { } state) _ = await board.Bring(state, cancellation);
        return new SlackOutcomeOfReaction();
    }

    private Task Record(string reason, string actor, string address, string requestId) => refused.Record(
        EventTypes.Host.CallRefused, reason, actor, address, new Dictionary<string, string> { [RefusedCalls.Route] = "Slack reaction", [RefusedCalls.Target] = requestId }, Channel.SlackReaction);
}
