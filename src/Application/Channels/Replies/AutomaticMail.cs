namespace AccessFunctions.Application.Channels.Replies;

/// <summary>Tells mail that no person wrote: absences, bounces, receipts, lists. It decides nothing and is never answered, so that no two machines talk for ever.</summary>
public static class AutomaticMail
{
    private static readonly string[] Markers =
        ["X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-AutoReply-From", "X-Mail-Autoreply", "X-Failed-Recipients", "List-Id", "List-Unsubscribe"];

    private static readonly string[] Daemons = ["mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply", "donotreply"];

    /// <summary>True where one of the marks of RFC 3834, or those of usual mail systems, is there.</summary>
    public static bool Is(InboundMail mail)
    {
        // RFC 3834: everything but "no" is automatic.
        if (mail.All("Auto-Submitted").Any(value => !FirstWord(value).Equals("no", StringComparison.OrdinalIgnoreCase))) return true;
        if (mail.All("Precedence").Any(value => FirstWord(value).ToLowerInvariant() is "bulk" or "junk" or "list" or "auto_reply")) return true;
        if (mail.All("X-Auto-Response-Suppress").Any(value => !FirstWord(value).Equals("none", StringComparison.OrdinalIgnoreCase))) return true;
        if (mail.All("Return-Path").Any(value => value.Replace(" ", "", StringComparison.Ordinal) == "<>")) return true;
        if (Markers.Any(marker => mail.All(marker).Any(value => value.Trim().Length > 0 && !value.Trim().Equals("no", StringComparison.OrdinalIgnoreCase)))) return true;
        if (mail.MediaType is "multipart/report" or "message/delivery-status" or "message/disposition-notification") return true;
        return mail.From.Any(address => Daemons.Contains(ReplyAddress.LocalPart(address), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The value without comment and parameters.</summary>
    private static string FirstWord(string value) => value.Split([' ', '\t', ';', ',', '('], 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var word, ..] ? word : "";
}
