using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Pages.App;

/// <summary>Ways a decision came in, in words that follow a name.</summary>
internal static class ChannelWords
{
    public static string Of(Channel channel) => channel switch
    {
        Channel.System => "by itself",
        Channel.EmailReply => "by e-mail reply",
        Channel.SlackReaction => "by Slack reaction",
        Channel.EmailLink => "by e-mail link",
        Channel.SignedIn => "signed in",
    };

    /// <summary>The same of a channel as an audit event names it.</summary>
    public static string Of(string channel) => Enum.TryParse<Channel>(channel, out var known) && Enum.IsDefined(known) ? Of(known) : channel;
}
