using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace AccessFunctions.Integrations.Mail;

/// <summary>Writes content as text and as an HTML page: one column, large enough for a phone, everything from outside escaped.</summary>
internal static class MailBody
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static RenderedMail Render(MailContent content) => new(Line(content.Subject), Text(content), Html(content));

    /// <summary>One line: runs of blanks and control characters become one blank; marks that turn the writing direction go.</summary>
    public static string Line(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (TurnsDirection(c)) continue;
            if (!char.IsControl(c) && !char.IsWhiteSpace(c)) line.Append(c);
            else if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
        }

        return line.ToString().TrimEnd();
    }

    private static IEnumerable<string> Lines(string text) =>
        text.ReplaceLineEndings("\n").Split('\n').Select(Line).SkipWhile(line => line.Length == 0);

    private static string Text(MailContent content)
    {
        var text = new StringBuilder().Append(Line(content.Lead)).Append("\n\n");
        foreach (var fact in content.Facts)
        {
            // A person's own words are marked line by line: they cannot pass for a line of the notice.
            if (fact.Quoted) text.Append(fact.Label).Append(":\n").AppendJoin('\n', Lines(fact.Value).Select(line => $"  > {line}")).Append('\n');
            else text.Append(fact.Label).Append(": ").Append(Line(fact.Value)).Append('\n');
        }

        foreach (var section in content.Sections)
            text.Append('\n').Append(section.Heading).Append(":\n").AppendJoin('\n', section.Items.Select(item => $"  - {Line(item)}")).Append('\n');
        text.Append("\nNext: ").Append(Line(content.Next)).Append("\n\n");
        foreach (var link in content.Links) text.Append(link.Label).Append(": ").Append(link.Address.AbsoluteUri).Append('\n');
        return text.ToString();
    }

    private static string Html(MailContent content)
    {
        var accent = content.Urgent ? "#b3261e" : "#0b57a4";
        var html = new StringBuilder(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Escaped(content.Subject)}</title>
            </head>
            <body style="margin:0;background:#eef1f4">
            <div style="max-width:36em;margin:0 auto;padding:20px;background:#ffffff;border-top:4px solid {accent};font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;color:#1b2430;overflow-wrap:anywhere">
            <h1 style="margin:0 0 12px;font-size:20px;line-height:1.3">{Escaped(content.Subject)}</h1>
            <p style="margin:0 0 16px">{Escaped(content.Lead)}</p>
            <dl style="margin:0 0 16px">

            """);
        foreach (var fact in content.Facts)
        {
            var value = fact.Quoted ? string.Join("<br>", Lines(fact.Value).Select(Escaped)) : Escaped(fact.Value);
            var style = fact.Quoted ? "margin:0 0 10px;padding-left:10px;border-left:3px solid #c5ccd4" : "margin:0 0 10px";
            html.Append($"<dt style=\"font-size:13px;color:#55606d\">{Escaped(fact.Label)}</dt><dd style=\"{style}\">{value}</dd>\n");
        }

        html.Append("</dl>\n");
        foreach (var section in content.Sections)
        {
            html.Append($"<h2 style=\"margin:0 0 4px;font-size:16px\">{Escaped(section.Heading)}</h2>\n<ul style=\"margin:0 0 16px;padding-left:20px\">\n");
            foreach (var item in section.Items) html.Append($"<li>{Escaped(item)}</li>\n");
            html.Append("</ul>\n");
        }

        html.Append($"<p style=\"margin:0 0 16px\"><strong>Next:</strong> {Escaped(content.Next)}</p>\n");
        foreach (var (place, link) in content.Links.Index())
        {
            var address = Encoder.Encode(link.Address.AbsoluteUri);
            var (back, front) = place == 0 ? (accent, "#ffffff") : ("#ffffff", accent);
            html.Append(
                $"""
                <p style="margin:0 0 12px"><a href="{address}" style="display:inline-block;padding:12px 20px;border:2px solid {accent};border-radius:6px;background:{back};color:{front};text-decoration:none">{Escaped(link.Label)}</a></p>

                """);
            if (!link.Token) html.Append($"<p style=\"margin:0 0 12px;font-size:13px;color:#55606d\">{address}</p>\n");
        }

        return html.Append("</div>\n</body>\n</html>\n").ToString();
    }

    private static string Escaped(string text) => Encoder.Encode(Line(text));

    private static bool TurnsDirection(char c) => c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f';
}
