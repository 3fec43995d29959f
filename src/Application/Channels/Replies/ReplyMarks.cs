using System.Text.RegularExpressions;

namespace AccessFunctions.Application.Channels.Replies;

/// <summary>
/// The marks that mail programs put around what the sender did not write. Patterns run in linear time. The words are those of the programs
/// that people use, in the languages they are translated into most.
/// </summary>
internal static partial class ReplyMarks
{
    private const int MostAttributionLines = 4;
    private const int HeaderBlock = 6;

    /// <summary>A longer line is nobody's mark.</summary>
    private const int LongestMark = 500;

    /// <summary>The line introduces a quote.</summary>
    /// <param name="Lines">Over how many lines it goes.</param>
    /// <param name="QuoteFollows">The quote after it is marked, line by line.</param>
    public sealed record Introduction(int Lines, bool QuoteFollows);

    public static bool IsQuoted(string line) => line[0] is '>' or '|' or '\uFF1E';

    /// <summary>True where nothing from this line on is the sender's: a signature, a forwarded or unmarked original, a list's footer.</summary>
    public static bool EndsOwnWords(IReadOnlyList<string> lines, int at)
    {
        var line = lines[at];
        if (line.Length > LongestMark) return false;
        return line == "--" || Rule().IsMatch(line) || Original().IsMatch(line) || Footer().IsMatch(line) || BeginsHeaderBlock(lines, at);
    }

    /// <summary>A line such as <c>On … wrote:</c>, perhaps broken over several; null where this is none.</summary>
    public static Introduction? Attribution(IReadOnlyList<string> lines, int at)
    {
        var joined = "";
        for (var taken = 1; taken <= MostAttributionLines && at + taken <= lines.Count; taken++)
        {
            var line = lines[at + taken - 1];
            if (line.Length == 0 || (taken > 1 && (IsQuoted(line) || !BeginsAttribution().IsMatch(joined))) || joined.Length + line.Length > LongestMark) return null;
            joined = taken == 1 ? line : $"{joined} {line}";
            if (!joined.EndsWith(':') && !joined.EndsWith('\uFF1A')) continue;
            var quoted = NextIsQuoted(lines, at + taken);
            // In a language that is not known here: a date or an address, a colon, and then a quote.
            if (Wrote().IsMatch(joined) || (quoted && joined.Any(c => char.IsDigit(c) || c == '@'))) return new Introduction(taken, quoted);
        }

        return null;
    }

    /// <summary>What a telephone adds on its own.</summary>
    public static bool IsDeviceSignature(string line) => line.Length <= LongestMark && Device().IsMatch(line);

    private static bool NextIsQuoted(IReadOnlyList<string> lines, int from)
    {
        while (from < lines.Count && lines[from].Length == 0) from++;
        return from < lines.Count && IsQuoted(lines[from]);
    }

    /// <summary>The original's own header, which Outlook puts above it: the sender, and soon after at least one of date, recipient and subject.</summary>
    private static bool BeginsHeaderBlock(IReadOnlyList<string> lines, int at)
    {
        if (!From().IsMatch(lines[at])) return false;
        for (var i = at + 1; i < lines.Count && i <= at + HeaderBlock; i++)
        {
            if (lines[i].Length is > 0 and <= LongestMark && OtherField().IsMatch(lines[i])) return true;
        }

        return false;
    }

    /// <summary>A line of nothing but one sign: Outlook's above an original, and those above footers and disclaimers.</summary>
    [GeneratedRegex(@"^(_{8,}|-{8,}|={8,}|\*{8,}|~{8,}|[\-~]{16,})$", RegexOptions.NonBacktracking)]
    private static partial Regex Rule();

    [GeneratedRegex(
        @"^-{2,}\s*(Original Message|Original Appointment|Forwarded message|Forwarded by .*|Ursprüngliche Nachricht|Urspr\. Nachricht|Originalnachricht|Weitergeleitete Nachricht|Message d'origine|Message transféré|Message original|Mensaje original|Mensaje reenviado|Messaggio originale|Messaggio inoltrato|Mensagem original|Mensagem encaminhada|Oorspronkelijk bericht|Doorgestuurd bericht|Ursprungligt meddelande|Originalmeddelande|Opprinnelig melding|Oprindelig meddelelse|Alkuperäinen viesti|Wiadomość oryginalna|Исходное сообщение|原始邮件|元のメッセージ)\s*-*$|^(Begin forwarded message|Anfang der weitergeleiteten Nachricht|Début du message réexpédié|Inicio del mensaje reenviado|Inizio messaggio inoltrato)\s*:$",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Original();

    [GeneratedRegex(
        @"^(You received this message because you are subscribed to |To unsubscribe from this |-- \w.*mailing list$|Sie haben diese Nachricht erhalten, weil |Vous recevez ce message, car )",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Footer();

    [GeneratedRegex(
        @"^\*?(From|Von|De|Da|Van|Från|Fra|Lähettäjä|Od|От|发件人|差出人)\s?\*?\s?[:：]\*?\s?\S",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex From();

    [GeneratedRegex(
        @"^\*?(Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Envoyé|Date|À|Objet|Enviado( el)?|Enviada( em)?|Fecha|Para|Asunto|Assunto|Inviato|Data|A|Oggetto|Verzonden|Aan|Onderwerp|Skickat|Till|Ämne|Sendt|Til|Emne|Lähetetty|Vastaanottaja|Aihe|Wysłano|Do|Temat|Отправлено|Дата|Кому|Тема|发送时间|收件人|主题|送信日時|宛先|件名)\s?\*?\s?[:：]",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OtherField();

    [GeneratedRegex(@"^(On|Am|Le|El|Il|Em|Op|Den|På|W dniu|Dnia)\s", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex BeginsAttribution();

    [GeneratedRegex(
        @"^(On\s.+\swrote|Am\s.+\sschrieb(\s.+)?|Le\s.+\sa écrit|El\s.+\sescribió|Il\s.+\sha scritto|(Em|Em\s.+,)\s.+\sescreveu|Op\s.+\s(schreef(\s.+)?|heeft\s.+\sgeschreven)|(Den|På|Am|Den\s.+,)\s.+\s(skrev|skrev\s.+)|.+\s(kirjoitti|napisał|napisała|napisał\(a\)|pisze|пишет|написал|написала|wrote|schrieb)|.*(写道|のメール|寫道))\s?[:：]$",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Wrote();

    [GeneratedRegex(
        @"^(Sent from (my|Mail for|Outlook|Yahoo|Samsung|Proton|the all new AOL).*|Sent via .{1,40}|Sent with .{1,40}|Get Outlook for (iOS|Android).*|Von meinem .{1,40} gesendet.*|Gesendet (von|mit|über) .{1,60}|Holen Sie sich Outlook für .{1,20}|Outlook für (iOS|Android) (beziehen|herunterladen).*|Envoyé (de|depuis) .{1,60}|Télécharger Outlook pour .{1,20}|Enviado (desde|do|a partir do) .{1,60}|Obtener Outlook para .{1,20}|Inviato da .{1,60}|Verzonden vanaf .{1,40}|Skickat från .{1,40}|Sendt fra .{1,40}|Lähetetty .{1,40}ista|Wysłane z .{1,40}|Отправлено с .{1,40})\.?$",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Device();
}
