using System.Text;
using AngleSharp.Html;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Text;

namespace AccessFunctions.Integrations.Mail.Inbound;

/// <summary>
/// Turns an HTML body into text, without what its markup says is quoted or a signature. It works on the tokens of the document: a tree of
/// what a stranger sends can grow with the square of its size, the tokens cannot.
/// </summary>
internal static class HtmlText
{
    /// <summary>What a dropped quote leaves: the text goes on behind it.</summary>
    private const char QuoteMark = '>';

    private static readonly HashSet<string> Blocks = new(StringComparer.Ordinal)
    {
        "address", "article", "aside", "body", "center", "dd", "div", "dl", "dt", "fieldset", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main",
        "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul",
    };

    /// <summary>Never words of the sender.</summary>
    private static readonly HashSet<string> Hidden = new(StringComparer.Ordinal)
    {
        "head", "iframe", "noembed", "noframes", "noscript", "object", "script", "select", "style", "svg", "template", "textarea", "title", "xmp",
    };

    private static readonly HashSet<string> Void = new(StringComparer.Ordinal)
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    };

    /// <summary>The text: a line for each block, blanks as a browser shows them.</summary>
    public static string Of(string html)
    {
        using var source = new TextSource(html);
        using var tokens = new HtmlTokenizer(source, HtmlEntityProvider.Resolver);
        var text = new Lines();
        string? dropped = null;
        var depth = 0;
        while (tokens.Get() is { Type: not HtmlTokenType.EndOfFile } token)
        {
            if (token is HtmlTagToken tag)
            {
                if (tag.Type == HtmlTokenType.StartTag) tokens.State = ModeOf(tag.Name);
                if (dropped is not null)
                {
                    if (tag.Name == dropped && !tag.IsSelfClosing) depth += tag.Type == HtmlTokenType.StartTag ? 1 : -1;
                    if (depth == 0) dropped = null;
                    continue;
                }

                if (tag.Type == HtmlTokenType.StartTag && !Void.Contains(tag.Name) && !tag.IsSelfClosing)
                {
                    var fate = FateOf(tag);
                    if (fate == Fate.Last)
                    {
                        text.End();
                        text.Quote();
                        return text.ToString();
                    }

                    if (fate is not Fate.Kept)
                    {
                        (dropped, depth) = (tag.Name, 1);
                        if (fate == Fate.Quoted) text.Quote();
                        continue;
                    }
                }

                Mark(text, tag);
            }
            else if (token.Type == HtmlTokenType.Character && dropped is null)
            {
                text.Add(token.Data);
            }
        }

        return text.ToString();
    }

    private enum Fate { Kept, Hidden, Quoted, Last }

    private static Fate FateOf(HtmlTagToken tag)
    {
        if (Hidden.Contains(tag.Name)) return Fate.Hidden;
        if (tag.Name == "blockquote") return Fate.Quoted;
        var id = tag.GetAttribute("id") ?? "";
        var classes = (tag.GetAttribute("class") ?? "").Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        // Outlook on the web puts these before the original, which then follows to the end, unmarked.
        if (id is "divRplyFwdMsg" or "appendonsend" or "mail-editor-reference-message-container" or "OLK_SRC_BODY_SECTION") return Fate.Last;
        if (id.StartsWith("yahoo_quoted", StringComparison.Ordinal) || classes.Any(name => name is "yahoo_quoted" or "protonmail_quote" or "zmail_extra" or "moz-forward-container")) return Fate.Quoted;
        return id is "Signature" or "ms-outlook-mobile-signature" || classes.Any(name => name is "gmail_signature" or "moz-signature") ? Fate.Hidden : Fate.Kept;
    }

    private static void Mark(Lines text, HtmlTagToken tag)
    {
        if (tag.Name == "br") text.Break();
        else if (tag.Name is "td" or "th") text.Add(" ");
        else if (Blocks.Contains(tag.Name)) text.End();
        if (tag.Name == "pre") text.Preserved = tag.Type == HtmlTokenType.StartTag;
        if (tag.Name == "p" && tag.Type == HtmlTokenType.EndTag) text.Break();
    }

    /// <summary>How the tokenizer reads what follows a start tag; a tree would tell it.</summary>
    private static HtmlParseMode ModeOf(string name) => name switch
    {
        "title" or "textarea" => HtmlParseMode.RCData,
        "style" or "xmp" or "iframe" or "noembed" or "noframes" => HtmlParseMode.Rawtext,
        "script" => HtmlParseMode.Script,
        _ => HtmlParseMode.PCData,
    };

    /// <summary>Text as it grows: blanks are one, and none at a line's ends.</summary>
    private sealed class Lines
    {
        private readonly StringBuilder _text = new();
        private readonly StringBuilder _line = new();

        public bool Preserved { get; set; }

        public void Add(string words)
        {
            foreach (var c in words)
            {
                if (Preserved && c == '\n') Break();
                else if (c is not (' ' or '\t' or '\r' or '\n' or '\f' or '\u00A0')) _line.Append(c);
                else if (_line.Length > 0 && _line[^1] != ' ') _line.Append(' ');
            }
        }

        /// <summary>Ends the line, also an empty one.</summary>
        public void Break()
        {
            if (_line.Length > 0 && _line[^1] == ' ') _line.Length--;
            _text.Append(_line).Append('\n');
            _line.Clear();
        }

        /// <summary>Ends the line where there is one.</summary>
        public void End()
        {
            if (_line.Length > 0) Break();
        }

        public void Quote()
        {
            End();
            _text.Append(QuoteMark).Append('\n');
        }

        public override string ToString()
        {
            End();
            return _text.ToString();
        }
    }
}
