using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccessFunctions.Integrations.Mail;
using AccessFunctions.Integrations.Mail.Smtp;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Mail.Smtp;

/// <summary>Delivery to real mail servers.</summary>
public sealed class SmtpDeliveryTests
{
    private const string User = "access";
    private const string Password = "pass word ü";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private static readonly Lazy<X509Certificate2> Certificate = new(MakeCertificate);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deliver_ToMaildev_IsReadAsItWasWritten()
    {
        await using var server = await MailServer.Maildev();
        await Deliver(Options(server), body: "First line.\n.\n..dots\nFrom here: ü €\n");
        await Wait.Until(() => server.Taken.Count == 1, Soon, "the mail");
        var mail = server.Taken[0];
        Assert.Equal(("access@example.com", "bob@example.com"), (mail.From, Assert.Single(mail.To)));
        Assert.Equal("Bitte entscheiden: ü €", (string)mail.Parsed!["subject"]!);
        Assert.Equal("First line.\n.\n..dots\nFrom here: ü €", ((string)mail.Parsed["text"]!).ReplaceLineEndings("\n").TrimEnd());
        Assert.Contains("<p>ü</p>", (string)mail.Parsed["html"]!, StringComparison.Ordinal);
        Assert.Equal("<notice.1@example.com>", (string)mail.Parsed["headers"]!["message-id"]!);
        Assert.Equal("<request.1@example.com>", (string)mail.Parsed["headers"]!["references"]!);
    }

    [Fact]
    public async Task Deliver_WithSignIn_UsesIt_AndAWrongOneIsNoPermanentFailure()
    {
        await using var server = await MailServer.Maildev(User, Password);
        await Deliver(Options(server, User, Password));
        await Wait.Until(() => server.Taken.Count == 1, Soon, "the mail");
        var failure = await Assert.ThrowsAsync<MailNotTakenException>(() => Deliver(Options(server, User, "wrong")));
        Assert.Contains("535", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SmtpSecurity.StartTls, "PLAIN")]
    [InlineData(SmtpSecurity.StartTls, "LOGIN")]
    [InlineData(SmtpSecurity.Tls, "PLAIN")]
    public async Task Deliver_UnderTls_SignsInAndSendsInside(SmtpSecurity security, string method)
    {
        await using var server = await MailServer.Start(WithTls(security, method));
        await Deliver(Options(server, User, Password, security), Trust);
        await Wait.Until(() => server.Taken.Count == 1, Soon, "the mail");
        Assert.Equal((true, User), (server.Taken[0].Secure, server.Taken[0].User));
    }

    [Theory]
    [InlineData(SmtpSecurity.StartTls)]
    [InlineData(SmtpSecurity.Tls)]
    public async Task Deliver_ToAServerWhoseCertificateIsNotTrusted_SendsNothing(SmtpSecurity security)
    {
        await using var server = await MailServer.Start(WithTls(security, "PLAIN"));
        var failure = await Assert.ThrowsAsync<MailNotTakenException>(() => Deliver(Options(server, User, Password, security)));
        Assert.StartsWith("No TLS", failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.Taken);
    }

    [Fact]
    public async Task Deliver_WithStartTls_ToAServerWithoutIt_SendsNothing()
    {
        await using var server = await MailServer.Start(new { kind = "smtp-server" });
        var failure = await Assert.ThrowsAsync<MailNotTakenException>(() => Deliver(Options(server, security: SmtpSecurity.StartTls)));
        Assert.Contains("STARTTLS", failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.Taken);
    }

    [Fact]
    public async Task Deliver_OneRecipientRefused_TheOthersGetTheirs()
    {
        await using var server = await MailServer.Start(new { kind = "smtp-server", refuse = new[] { "bob@example.com" }, busy = new[] { "carol@example.com" }, denied = new[] { "dave@example.com" } });
        var refused = await Assert.ThrowsAsync<RecipientRefusedException>(() => Deliver(Options(server)));
        Assert.Equal("550 5.1.1", refused.Reply);
        Assert.DoesNotContain("bob@", refused.ToString(), StringComparison.Ordinal);
        var busy = await Assert.ThrowsAsync<MailNotTakenException>(() => Deliver(Options(server), to: "carol@example.com"));
        Assert.Contains("451 4.2.1", busy.Message, StringComparison.Ordinal);
        var denied = await Assert.ThrowsAsync<MailNotTakenException>(() => Deliver(Options(server), to: "dave@example.com"));
        Assert.Contains("550 5.7.1", denied.Message, StringComparison.Ordinal);
        await Deliver(Options(server), to: "ben@example.com");
        await Wait.Until(() => server.Taken.Count == 1, Soon, "the mail");
        Assert.Equal(["ben@example.com"], server.Taken[0].To);
    }

    [Fact]
    public async Task Deliver_WhileTheServerIsDown_FailsAndWorksAfterwards()
    {
        await using var server = await MailServer.Maildev();
        await server.Stop();
        await Assert.ThrowsAsync<MailNotTakenException>(() => Deliver(Options(server)));
        await server.Restart(new { kind = "maildev" });
        await Deliver(Options(server));
        await Wait.Until(() => server.Taken.Count == 1, Soon, "the mail");
    }

    [Fact]
    public async Task Deliver_ToAServerThatDoesNotAnswer_IsGivenUpInTime()
    {
        await using var server = await MailServer.Start(new { kind = "smtp-server", silent = true });
        var time = new ManualTimeProvider();
        var delivery = Deliver(Options(server), time: time);
        await Wait.Until(() => server.Taken.Count == 1, Soon, "the server to have the message");
        Assert.False(delivery.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(21));
        var failure = await Assert.ThrowsAsync<MailNotTakenException>(() => delivery);
        Assert.Contains("20 seconds", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("220-one\r\n250 two\r\n")]
    [InlineData("554 go away\r\n")]
    [InlineData("")]
    public async Task Deliver_ToSomethingElse_Fails(string greeting)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answered = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync(Cancellation);
            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(greeting), Cancellation);
        }, Cancellation);
        var options = new SmtpOptions { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, Security = SmtpSecurity.None };
        await Assert.ThrowsAsync<MailNotTakenException>(() => Deliver(options));
        await answered;
    }

    [Fact]
    public async Task Deliver_ToAServerThatSpeaksBeforeTls_BelievesNothingOfIt()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answered = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync(Cancellation);
            using var reader = new StreamReader(client.GetStream());
            await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 hello");
            Assert.StartsWith("EHLO", await reader.ReadLineAsync(Cancellation), StringComparison.Ordinal);
            await writer.WriteAsync("250-hello\r\n250 STARTTLS\r\n");
            Assert.Equal("STARTTLS", await reader.ReadLineAsync(Cancellation));
            await writer.WriteAsync("220 go on\r\n250 injected\r\n");
            await reader.ReadToEndAsync(Cancellation);
        }, Cancellation);
        var options = new SmtpOptions { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port };
        var failure = await Assert.ThrowsAsync<MailNotTakenException>(() => Deliver(options, Trust));
        Assert.Contains("before TLS", failure.Message, StringComparison.Ordinal);
        await answered;
    }

    [Theory]
    [InlineData("mail.example.com", SmtpSecurity.None, null, null, "Security")]
    [InlineData("mail.example.com:25", SmtpSecurity.Tls, null, null, "Host")]
    [InlineData("mail.example.com", SmtpSecurity.Tls, "user", null, "Password")]
    [InlineData(null, SmtpSecurity.Tls, "user", "secret", "Host")]
    public void Options_ThatDoNotFit_AreSaid(string? host, SmtpSecurity security, string? user, string? password, string member)
    {
        var options = new SmtpOptions { Host = host, Security = security, UserName = user, Password = password };
        var fault = Assert.Single(options.Validate(new(options)));
        Assert.Equal([member], fault.MemberNames);
        Assert.DoesNotContain("secret", fault.ErrorMessage, StringComparison.Ordinal);
    }

    private static Task Deliver(
        SmtpOptions options, RemoteCertificateValidationCallback? trust = null, string to = "bob@example.com", string body = "Text.\n", TimeProvider? time = null)
    {
        Assert.True(Mailbox.TryCreate("Access Functions", "access@example.com", out var from));
        Assert.True(Mailbox.TryCreate("Bob", to, out var reader));
        var mail = new MailMessage(from, reader, "notice.1@example.com", "request.1@example.com", new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero),
            new RenderedMail("Bitte entscheiden: ü €", body, "<p>ü</p>\n"));
        return new SmtpDelivery(options, time ?? TimeProvider.System, trust).Deliver(from, reader, EmlWriter.Write(mail), Cancellation);
    }

    private static SmtpOptions Options(MailServer server, string? user = null, string? password = null, SmtpSecurity security = SmtpSecurity.None) =>
        new() { Host = "127.0.0.1", Port = server.Port, Security = security, UserName = user, Password = password };

    private static object WithTls(SmtpSecurity security, string method) => new
    {
        kind = "smtp-server",
        secure = security == SmtpSecurity.Tls,
        user = User,
        password = Password,
        methods = new[] { method },
        cert = Certificate.Value.ExportCertificatePem(),
        key = Certificate.Value.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(),
    };

    private static bool Trust(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate!.GetCertHashString() == Certificate.Value.GetCertHashString();

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
