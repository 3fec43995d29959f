using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Mail;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Mail;

public sealed class PickupDirectoryChannelTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Send_WritesOneMailThatReadsBack()
    {
        var notice = Notices.Of(NoticeKind.ReviewAsked, Notices.Open, Notices.Carol, level: 1);
        Assert.True(await Channel().Send(notice, Cancellation));
        var file = Assert.Single(Directory.GetFiles(Mails));
        Assert.Equal("r-1042-7-0-carol.eml", Path.GetFileName(file));
        var mail = ParsedMail.Read(await File.ReadAllBytesAsync(file, Cancellation));
        var rendered = NoticeMail.Render(notice, Notices.Address);
        Assert.Equal("Carol Černá <carol@example.com>", mail["To"]);
        Assert.Equal(rendered.Subject, mail["Subject"]);
        Assert.Equal(rendered.Text.ReplaceLineEndings("\r\n") + "\r\n", mail.Parts[0].Body);
        Assert.Equal(rendered.Html.ReplaceLineEndings("\r\n") + "\r\n", mail.Parts[1].Body);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Send_OfTheSameNotice_ReplacesTheFileByTheSameBytes()
    {
        var channel = Channel();
        var notice = Notices.Of(NoticeKind.Active, Notices.Active, Notices.Alice);
        await channel.Send(notice, Cancellation);
        var first = await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Mails)), Cancellation);
        await channel.Send(notice, Cancellation);
        Assert.Equal(first, await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Mails)), Cancellation));
    }

    [Fact]
    public async Task Send_ToSeveral_GivesEachAMailOfOneThread()
    {
        var channel = Channel();
        await channel.Send(Notices.Of(NoticeKind.EmergencyDeclared, Notices.Emergency, Notices.Bob), Cancellation);
        await channel.Send(Notices.Of(NoticeKind.EmergencyDeclared, Notices.Emergency, Notices.Carol), Cancellation);
        await channel.Send(Notices.Of(NoticeKind.EmergencyReviewed, Notices.Emergency, Notices.Bob) with { Id = "r-1042-8-0" }, Cancellation);
        var mails = Directory.GetFiles(Mails).Select(file => ParsedMail.Read(File.ReadAllBytes(file))).ToList();
        Assert.Equal(3, mails.Select(mail => mail["Message-ID"]).Distinct().Count());
        Assert.Single(mails.Select(mail => mail["References"]).Distinct());
        Assert.All(mails, mail => Assert.Equal(mail["References"], mail["In-Reply-To"]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("bob@example.com\r\nBcc: eve@example.com")]
    public async Task Send_WithoutAUsableAddress_IsUndelivered(string? address)
    {
        Assert.False(await Channel().Send(Notices.Of(NoticeKind.Active, Notices.Active, Notices.Bob with { Email = address }), Cancellation));
        Assert.False(Directory.Exists(Mails));
    }

    [Fact]
    public async Task Send_WithNamesThatAreNoFileNames_StaysInTheDirectory()
    {
        var channel = Channel();
        foreach (var id in new[] { "../../evil", "a/b", "a_b", "a:b", ".hidden", new string('x', 300) })
        {
            var notice = Notices.Of(NoticeKind.Active, Notices.Active, Notices.Bob with { Id = id }) with { Id = id };
            Assert.True(await channel.Send(notice, Cancellation));
        }

        Assert.Equal(6, Directory.GetFiles(Mails, "*.eml").Length);
        Assert.Equal([Mails], Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task Send_ThatCannotWrite_ThrowsToBeCalledAgain()
    {
        await File.WriteAllTextAsync(Mails, "a file where the directory should be", Cancellation);
        await Assert.ThrowsAnyAsync<IOException>(() => Channel().Send(Notices.Of(NoticeKind.Active, Notices.Active, Notices.Bob), Cancellation));
    }

    private string Mails => _directory.File("mail");

    private INotificationChannel Channel() =>
        new PickupDirectoryChannel(Mails, new Composing().Composer());
}
