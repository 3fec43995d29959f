using System.Collections.Frozen;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Slack;

/// <summary>
/// Messages from the app to one user. <c>chat.postMessage</c> takes a member id as the channel, and posts into the conversation between the
/// user and the app: the scope <c>chat:write</c> is enough, and the app's Messages tab has to be on
/// (https://docs.slack.dev/reference/methods/chat.postMessage, https://docs.slack.dev/surfaces/app-home).
/// </summary>
internal sealed partial class SlackDirect(SlackApi api, PublicAddress address, ILogger<SlackDirect> logger) : ISlackDirect
{
    private static readonly FrozenSet<string> NoSuchUser = new[] { "channel_not_found", "user_not_found", "users_not_found", "user_not_visible", "user_not_in_team", "invalid_user_id" }
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> NotReachable = new[] { "cannot_dm_bot", "user_disabled", "user_is_bot", "is_archived", "is_inactive", "restricted_action", "cant_dm" }
        .ToFrozenSet(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<SlackDelivery> SendCode(string user, string code, Person person, CancellationToken cancellation)
    {
        try
        {
            await api.Say(user, Message(code, person), cancellation);
            return SlackDelivery.Taken;
        }
        catch (SlackBusyException busy)
        {
            return busy.Unsure ? SlackDelivery.Unsure : SlackDelivery.Busy;
        }
        catch (SlackRefusedException refused) when (NoSuchUser.Contains(refused.Code))
        {
            return SlackDelivery.NoSuchUser;
        }
        catch (SlackRefusedException refused) when (NotReachable.Contains(refused.Code))
        {
            return SlackDelivery.NotReachable;
        }
        catch (SlackRefusedException refused)
        {
            LogRefused(refused.Method, refused.Code, SlackErrors.Advice(refused.Code));
            return SlackDelivery.NotAllowed;
        }
    }

    // Who asked is the first thing to read: whoever gets this without having asked must not pass the code on.
    private SlackMessage Message(string code, Person person)
    {
        var who = $"{person.Name.ReplaceLineEndings(" ")} ({person.Id})";
        return new SlackMessage(
            $"A code to link this Slack user: {code}",
            [
                SlackBlocks.Heading("Link this Slack user"),
                SlackBlocks.Written($"{who} asked to make your reactions count as theirs at {address.Root.Host}."),
                SlackBlocks.Words($"If that is you, type this code there within ten minutes: *{code}*\nIf it is not you, give the code to nobody: without it nothing happens."),
            ]);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slack refuses {Method} to a user with {Code}: nobody can link a Slack user. {Advice}")]
    private partial void LogRefused(string method, string code, string advice);
}
