using System.Net;
using System.Net.Sockets;
using System.Text;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Integrations.Audit.Syslog;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Audit;

/// <summary>Messages as a receiver sees them: rsyslog, and receivers that misbehave.</summary>
public sealed class SyslogSinkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly WireOptions Wire = new() { Source = "https://access.example/", ProductVersion = "1.2.3", IncludeDetail = true };

    [Theory]
    [InlineData(SyslogProtocol.Udp)]
    [InlineData(SyslogProtocol.Tcp)]
    [InlineData(SyslogProtocol.Tls)]
    public async Task Rsyslog_TakesEveryEvent_Once_InOrder(SyslogProtocol protocol)
    {
        await using var server = await RsyslogServer.Create();
        var sink = To(server, protocol);
        var rows = Rows.Chain("r-1", 40);
        await sink.Send(rows[..30], CancellationToken.None);
        await sink.Send(rows[30..], CancellationToken.None);
        await sink.Send(Checkpoints.Make(1, Rows.Event.At, [new StreamHead("r-1", 40, rows[^1].Hash)], null), CancellationToken.None);

        await Wait.Until(() => server.Lines.Count >= 41, Patience, "all messages");
        var lines = server.Lines;
        Assert.Equal([.. Enumerable.Range(1, 40).Select(number => $"externalId=r-1/{number} "), "externalId=checkpoint/1 "], lines.Select(Id));
        Assert.Equal(["110", "2026-11-21T09:00:00Z", Environment.MachineName, "access-functions", "request.approved"], lines[0].Split('¦')[..5].Select(Whole));
        Assert.StartsWith("CEF:0|Access Functions|Access Functions|1.2.3|access.request.approved|An approver approved the request.|1|rt=1795251600000 ", lines[0].Split('¦')[5].TrimStart(), StringComparison.Ordinal);
        Assert.Contains(@" destinationServiceName=pg-prod/orders\=new|old\\1 ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("src=192.0.2.7 msg=first line\\nsecond \\= \"ü\"", lines[0], StringComparison.Ordinal);

        static string Id(string line) => line[line.IndexOf("externalId=", StringComparison.Ordinal)..(line.IndexOf(' ', line.IndexOf("externalId=", StringComparison.Ordinal)) + 1)];

        static string Whole(string part) => part.Replace(".000000", "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rsyslog_ThatWasDown_GetsWhatItMissed()
    {
        await using var server = await RsyslogServer.Create();
        var sink = To(server, SyslogProtocol.Tls);
        await server.Kill();
        await Assert.ThrowsAsync<IOException>(() => sink.Send(Rows.Chain("r-1", 2), CancellationToken.None));
        await server.Start();
        await sink.Send(Rows.Chain("r-1", 2), CancellationToken.None);
        await Wait.Until(() => server.Lines.Count >= 2, Patience, "both messages");
    }

    [Fact]
    public async Task AReceiverWhoseCertificateIsNotTrusted_GetsNothing()
    {
        await using var server = await RsyslogServer.Create();
        var sink = new SyslogSink(new SyslogOptions { Host = "127.0.0.1", Port = server.Tls }, new WireFormat(Wire), new CefFormat(Wire), TimeProvider.System);
        await Assert.ThrowsAsync<IOException>(() => sink.Send(Rows.Chain("r-1", 1), CancellationToken.None));
        Assert.Empty(server.Lines);
    }

    [Fact]
    public async Task AReceiverThatEndsBeforeItHasReadEverything_HasNotTakenIt()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var sink = Plain(listener);
        var sent = sink.Send(Rows.Chain("r-1", 200), CancellationToken.None);
        using (var taken = await listener.AcceptSocketAsync())
        {
            var some = new byte[100];
            await taken.ReceiveAsync(some);
            // With something unread this resets the connection, as the end of a killed receiver does.
            taken.Close(0);
        }

        await Assert.ThrowsAnyAsync<IOException>(() => sent);
    }

    [Fact]
    public async Task AReceiverThatNeverEnds_HasNotTakenIt()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var time = new ManualTimeProvider();
        var sink = Plain(listener, time);
        var sent = sink.Send(Rows.Chain("r-1", 1), CancellationToken.None);
        using var taken = await listener.AcceptSocketAsync();
        var all = new StringBuilder();
        var some = new byte[4096];
        int count;
        while ((count = await taken.ReceiveAsync(some)) > 0) all.Append(Encoding.UTF8.GetString(some, 0, count));
        var text = all.ToString();
        Assert.Equal(Encoding.UTF8.GetByteCount(text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..]), int.Parse(text[..text.IndexOf(' ', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture));
        await time.WaitForTimers(1);
        time.Advance(TimeSpan.FromSeconds(20));

        Assert.Contains("in time", (await Assert.ThrowsAsync<IOException>(() => sent)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADatagramThatIsTooLarge_IsRefused_AndWhatCameBeforeItIsSent()
    {
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var options = new SyslogOptions { Host = "127.0.0.1", Port = ((IPEndPoint)receiver.Client.LocalEndPoint!).Port, Protocol = SyslogProtocol.Udp, Format = SyslogFormat.CloudEvents };
        var sink = new SyslogSink(options, new WireFormat(Wire), new CefFormat(Wire), TimeProvider.System);
        var large = Rows.Chain("r-2", 1, Rows.Event with { Detail = new AuditDetail { Text = new string('x', 70_000) } });
        var refused = await Assert.ThrowsAsync<AuditRefusedException>(() => sink.Send([.. Rows.Chain("r-1", 1), .. large, .. Rows.Chain("r-3", 1)], CancellationToken.None));
        Assert.Equal(("r-2", 1), (refused.Stream, refused.Sequence));
        var first = Encoding.UTF8.GetString((await receiver.ReceiveAsync()).Buffer);
        Assert.StartsWith("<110>1 2026-11-21T09:00:00.000000Z ", first, StringComparison.Ordinal);
        Assert.Contains(" request.approved - {\"specversion\":\"1.0\",\"id\":\"r-1/1\"", first, StringComparison.Ordinal);
    }

    private static SyslogSink To(RsyslogServer server, SyslogProtocol protocol) => new(
        new SyslogOptions
        {
            Host = "127.0.0.1",
            Protocol = protocol,
            Port = protocol switch { SyslogProtocol.Udp => server.Udp, SyslogProtocol.Tcp => server.Tcp, _ => server.Tls },
            TrustedCertificates = protocol == SyslogProtocol.Tls ? server.Certificates.Authority : null,
        },
        new WireFormat(Wire), new CefFormat(Wire), TimeProvider.System);

    private static SyslogSink Plain(TcpListener listener, TimeProvider? time = null) => new(
        new SyslogOptions { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, Protocol = SyslogProtocol.Tcp },
        new WireFormat(Wire), new CefFormat(Wire), time ?? TimeProvider.System);
}
