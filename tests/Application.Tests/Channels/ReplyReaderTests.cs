using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Channels;

/// <summary>The word and its surroundings; what mail programs make of it is in the corpus of the mail reader's tests.</summary>
public sealed class ReplyReaderTests
{
    [Theory]
    [InlineData("APPROVE")]
    [InlineData("approve")]
    [InlineData("  Approve.  ")]
    [InlineData("**APPROVE**")]
    [InlineData("\"APPROVE\"!")]
    [InlineData("\u201CApprove\u201D")]
    [InlineData("\uFEFF\u200BAPPROVE\u00A0")]
    [InlineData("\r\n\r\n\tAPPROVE\r\n")]
    [InlineData("- APPROVE -")]
    [InlineData("Sent from my iPhone\nAPPROVE")]
    public void TheWord_InAnyCase_WithBlanksAndPunctuation_Approves(string text) => Assert.Equal(new Reply(Verdict.Approve, null), ReplyReader.Read(text));

    [Theory]
    [InlineData("DISAPPROVE")]
    [InlineData("Disapprove,")]
    [InlineData("(disapprove)")]
    public void TheOtherWord_Denies(string text) => Assert.Equal(Verdict.Deny, ReplyReader.Read(text).Verdict);

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("APPROVED")]
    [InlineData("APPROVE it")]
    [InlineData("I APPROVE")]
    [InlineData("DIS APPROVE")]
    [InlineData("DIS-APPROVE")]
    [InlineData("APPROVE?DISAPPROVE")]
    [InlineData("not\nAPPROVE")]
    [InlineData("> APPROVE")]
    [InlineData("| APPROVE")]
    [InlineData(">> APPROVE\n>>> APPROVE")]
    [InlineData("-- \nAPPROVE")]
    [InlineData("________________________________\nAPPROVE")]
    [InlineData("On Monday Bob wrote:\n\nAPPROVE")]
    [InlineData("From: a\nSent: b\n\nAPPROVE")]
    [InlineData("АPPROVE")] // the first letter is Cyrillic
    [InlineData("ok")]
    public void AnythingElse_OnTheFirstOwnLine_DecidesNothing(string text) => Assert.Equal(new Reply(null, null), ReplyReader.Read(text));

    [Fact]
    public void TheWord_IsNotSwallowed_ByAnAttributionBelowIt()
    {
        Assert.Equal(Verdict.Approve, ReplyReader.Read("APPROVE\nOn Mon, Nov 23, 2026 at 9:00 AM\nX <x@example.com> wrote:\n> q").Verdict);
        Assert.Equal(Verdict.Approve, ReplyReader.Read("APPROVE:\n> q").Verdict);
        Assert.Equal(Verdict.Approve, ReplyReader.Read("APPROVE\nX <x@example.com>:\n> q").Verdict);
    }

    [Theory]
    [InlineData("On Mon, Nov 23, 2026 at 9:00 AM Access <a@x.test> wrote:")]
    [InlineData("Am 23.11.26 um 09:00 schrieb Access:")]
    [InlineData("Am Mo., 23. Nov. 2026 um 09:00 Uhr schrieb Access Functions <\na@x.test>:")]
    [InlineData("Le lun. 23 nov. 2026 à 09:00, Access <a@x.test> a écrit :")]
    [InlineData("El lun, 23 nov 2026 a las 9:00, Access (<a@x.test>) escribió:")]
    [InlineData("Il giorno lun 23 nov 2026 alle ore 09:00 Access <a@x.test> ha scritto:")]
    [InlineData("Em seg., 23 de nov. de 2026 às 09:00, Access <a@x.test> escreveu:")]
    [InlineData("Op ma 23 nov 2026 om 09:00 schreef Access <a@x.test>:")]
    [InlineData("Den mån 23 nov. 2026 kl 09:00 skrev Access <a@x.test>:")]
    [InlineData("W dniu 23.11.2026 o 09:00, Access pisze:")]
    [InlineData("2026年11月23日(月) 9:00 Access <a@x.test>:")]
    public void Attributions_InManyLanguages_AreNotTheSendersWords(string attribution)
    {
        Assert.Equal(Verdict.Deny, ReplyReader.Read($"{attribution}\n> APPROVE\n> more\n\nDISAPPROVE\n").Verdict);
        Assert.Equal(new Reply(Verdict.Approve, null), ReplyReader.Read($"APPROVE\n\n{attribution}\n\n> DISAPPROVE\n"));
    }

    [Fact]
    public void Comment_IsTheRest_WithoutQuotesAndSignature_AndBounded()
    {
        Assert.Equal("one\n\ntwo", ReplyReader.Read("APPROVE\n\none\n\n\n\ntwo\n> quoted\n-- \nBob").Comment);
        Assert.Equal("a b", ReplyReader.Read("APPROVE\na\u0007b").Comment);
        var comment = ReplyReader.Read("APPROVE\n" + string.Concat(Enumerable.Repeat("😀", ReplyReader.LongestComment))).Comment!;
        Assert.Equal(ReplyReader.LongestComment, comment.Length);
        Assert.Equal(ReplyReader.LongestComment - 1, ReplyReader.Read("APPROVE\na" + string.Concat(Enumerable.Repeat("😀", ReplyReader.LongestComment))).Comment!.Length);
    }
}
