using System.Diagnostics;
using AccessFunctions.Integrations.Mail.Inbound;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Mail.Inbound;

public sealed class HtmlTextTests
{
    [Theory]
    [InlineData("<p>a</p><p>b<br>c</p>", "a\n\nb\nc\n\n")]
    [InlineData("<div>a &amp;&nbsp; b</div>c", "a & b\nc\n")]
    [InlineData("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc\n")]
    [InlineData("<pre>a\nb</pre>", "a\nb\n")]
    [InlineData("<head><title>t</title><style>p{}<b></style></head>a<script>if (a<b) 'APPROVE'</script><!-- APPROVE -->", "a\n")]
    [InlineData("<style><!-- p > b </style>a", "a\n")]
    [InlineData("a<textarea><b>APPROVE</b></textarea>b", "ab\n")]
    public void Text_IsWhatABrowserShows(string html, string expected) => Assert.Equal(expected.Replace("  ", " ", StringComparison.Ordinal), HtmlText.Of(html));

    [Theory]
    [InlineData("a<blockquote>q<blockquote>q</blockquote>q</blockquote>b", "a\n>\nb\n")]
    [InlineData("a<BLOCKQUOTE type=cite>q</BLOCKQUOTE >b", "a\n>\nb\n")]
    [InlineData("a<blockquote>q", "a\n>\n")]
    [InlineData("a<div id=divRplyFwdMsg>q</div>APPROVE", "a\n>\n")]
    [InlineData("a<span id=\"OLK_SRC_BODY_SECTION\">q</span>", "a\n>\n")]
    [InlineData("a<div class=\"x yahoo_quoted y\"><div>q</div>q</div>b", "a\n>\nb\n")]
    [InlineData("a<div class=gmail_signature><div>s</div></div>b", "a\nb\n")]
    public void Quotes_BecomeAMark_AndSignaturesNothing(string html, string expected) =>
        Assert.Equal(expected.Replace("\n", "", StringComparison.Ordinal), HtmlText.Of(html).Replace("\n", "", StringComparison.Ordinal));

    /// <summary>Documents that make a tree grow with the square of their size, or overflow a stack that walks it.</summary>
    [Theory]
    [InlineData("<div>", "")]
    [InlineData("<blockquote>", "")]
    [InlineData("<table>", "x")]
    [InlineData("<b id={0}>", "<p>")]
    [InlineData("<a id={0}><p>", "")]
    [InlineData("</p></div>", "")]
    [InlineData("&amp;&#x41;&notanentity;", "")]
    [InlineData("<!--", "")]
    [InlineData("<a b='", "")]
    [InlineData("<script><!--<script>", "")]
    [InlineData("<svg><![CDATA[", "")]
    public void HostileDocuments_TakeNoLongerThanTheirSize(string piece, string then)
    {
        foreach (var html in new[] { Repeated(piece) + Repeated(then), "<i " + Repeated("a{0} ") + ">" + Repeated(piece) })
        {
            var watch = Stopwatch.StartNew();
            var text = HtmlText.Of(html);
            Assert.True(text.Length <= html.Length + 2, "it grew");
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{piece}{then}: {watch.Elapsed}");
        }
    }

    /// <summary>About 256 KiB of it, with a number in each.</summary>
    private static string Repeated(string piece)
    {
        if (piece.Length == 0) return "";
        var text = new System.Text.StringBuilder();
        for (var i = 0; text.Length < 256 * 1024; i++) text.Append(piece.Replace("{0}", $"{i}", StringComparison.Ordinal));
        return text.ToString();
    }
}
