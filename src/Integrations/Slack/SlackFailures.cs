using System.Collections.Frozen;

namespace AccessFunctions.Integrations.Slack;

/// <summary>Slack did not take a call, and may later: it is busy, does not answer, or asked for a pause.</summary>
internal sealed class SlackBusyException(string message, bool unsure, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True where the call may have been carried out all the same: the answer is what got lost.</summary>
    public bool Unsure { get; } = unsure;
}

/// <summary>Slack refused a call (<c>ok: false</c>); the same call is refused again until somebody changes something.</summary>
internal sealed class SlackRefusedException(string method, string code) : Exception($"Slack refused {method}: {code}.")
{
    public string Method { get; } = method;

    /// <summary>The word in <c>error</c>.</summary>
    public string Code { get; } = code;

    /// <summary>True where the refusal is about this one message, so that others may pass.</summary>
    public bool AboutMessage => SlackErrors.AboutMessage.Contains(Code);
}

/// <summary>
/// What Slack's error words mean for us. From the pages of the methods <c>chat.postMessage</c>, <c>chat.update</c>, <c>chat.postEphemeral</c>
/// and <c>conversations.history</c>; a word that is not known is about the set-up: it is said in the log, and the next notice tries again.
/// </summary>
internal static class SlackErrors
{
    /// <summary>They pass by themselves.</summary>
    public static FrozenSet<string> Passing { get; } = new[]
    {
        "ratelimited", "rate_limited", "message_limit_exceeded", "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org",
        "update_failed", "accesslimited",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>They are about one message, or one reader, for good.</summary>
    public static FrozenSet<string> AboutMessage { get; } = new[]
    {
        "message_not_found", "cant_update_message", "edit_window_closed", "msg_too_long", "msg_blocks_too_long", "no_text", "invalid_blocks", "invalid_blocks_format",
        "metadata_too_large", "metadata_must_be_sent_from_app", "invalid_metadata_format", "invalid_metadata_schema", "markdown_text_conflict", "user_not_in_channel",
        "user_not_in_team", "external_channel_migrating",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What an operator can do about a word.</summary>
    public static string Advice(string code) => code switch
    {
        "channel_not_found" or "not_in_channel" => "Invite the app to the channel of Slack:Channel (/invite), and check that it is a channel's id.",
        "is_archived" => "The channel of Slack:Channel is archived: name another.",
        "invalid_auth" or "not_authed" or "token_expired" or "token_revoked" or "account_inactive" => "Slack:BotToken is no longer valid: install the app again and set the new token.",
        "missing_scope" or "no_permission" or "not_allowed_token_type" => "The app lacks a scope: compare it with the manifest in the operations page, and install it again.",
        "messages_tab_disabled" => "Turn on the Messages tab under App Home, as the manifest in the operations page does, and install the app again.",
        _ => "Slack's page on the method explains the word.",
    };
}
