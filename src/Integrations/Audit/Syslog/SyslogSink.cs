using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Integrations.Audit.Syslog;

/// <summary>
/// Sends events as syslog messages. Syslog has no acknowledgement; over TCP and TLS the receiver's own end of the connection stands in for
/// one: after a batch we end our side, and a receiver ends its own only once it has read all there was (<c>docs/decisions/011</c>). A batch
/// whose connection ends otherwise is sent again, whole. Over UDP nothing is known of what arrives.
/// </summary>
public sealed class SyslogSink(SyslogOptions options, WireFormat wire, CefFormat cef, TimeProvider time) : IAuditSink
{
    /// <summary>The largest payload of a UDP datagram over IPv4.</summary>
    private const int LongestDatagram = 65_507;

    private const int WrittenAtOnce = 32;

    private static readonly string HostName = Environment.MachineName;

    /// <inheritdoc/>
    public string Name => options.Name;

    /// <inheritdoc/>
    /// <exception cref="AuditRefusedException">An event is larger than a datagram.</exception>
    /// <exception cref="IOException">The receiver was not reached, or did not read everything.</exception>
    public Task Send(IReadOnlyList<AuditRow> rows, CancellationToken cancellation) =>
        Send([.. rows.Select(Message)], [.. rows.Select(static row => (row.Stream, row.Sequence))], cancellation);

    /// <inheritdoc/>
    /// <exception cref="IOException">The receiver was not reached, or did not read everything.</exception>
    public Task Send(Checkpoint checkpoint, CancellationToken cancellation) =>
        Send([SyslogMessage.Of(options.Facility, Severity.Informational, checkpoint.At, HostName, WireFormat.CheckpointType,
            options.Format == SyslogFormat.Cef ? cef.Line(checkpoint) : Encoding.UTF8.GetString(wire.Line(checkpoint)))], [(AuditRefusedException.Checkpoints, checkpoint.Number)], cancellation);

    private byte[] Message(AuditRow row)
    {
        var stored = StoredRow.Read(row);
        var (type, at, severity) = stored.Body is { Event: var happened }
            ? (happened.Type, happened.At, AuditEventTypes.SeverityOf(AuditEventTypes.Of(happened.Type), happened))
            : (WireFormat.UnreadableType, DateTimeOffset.UnixEpoch, Severity.High);
        return SyslogMessage.Of(options.Facility, severity, at, HostName, type, options.Format == SyslogFormat.Cef ? cef.Line(stored) : Encoding.UTF8.GetString(wire.Line(stored)));
    }

    private async Task Send(IReadOnlyList<byte[]> messages, IReadOnlyList<(string Stream, long Sequence)> places, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(options.TimeoutSeconds), time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            if (options.Protocol == SyslogProtocol.Udp) await Datagrams(messages, places, bound.Token);
            else await Stream(messages, bound.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException("The syslog receiver did not take the messages in time.");
        }
        catch (Exception failure) when (failure is SocketException or System.Security.Authentication.AuthenticationException)
        {
            throw new IOException($"The syslog receiver was not reached: {failure.Message}", failure);
        }
    }

    private async Task Datagrams(IReadOnlyList<byte[]> messages, IReadOnlyList<(string Stream, long Sequence)> places, CancellationToken cancellation)
    {
        using var client = new UdpClient();
        client.Connect(options.Host, options.EffectivePort);
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Length > LongestDatagram)
            {
                var (stream, sequence) = places[i];
                throw new AuditRefusedException(stream, sequence, $"it has {messages[i].Length} bytes, more than a datagram holds");
            }

            await client.SendAsync(messages[i], cancellation);
        }
    }

    private async Task Stream(IReadOnlyList<byte[]> messages, CancellationToken cancellation)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(options.Host, options.EffectivePort, cancellation);
        await using var plain = client.GetStream();
        if (options.Protocol == SyslogProtocol.Tcp)
        {
            await Write(plain, messages, cancellation);
            client.Client.Shutdown(SocketShutdown.Send);
            await AwaitEnd(plain, cancellation);
            return;
        }

        await using var secure = new SslStream(plain);
        await secure.AuthenticateAsClientAsync(Trust(), cancellation);
        await Write(secure, messages, cancellation);
        await secure.ShutdownAsync();
        client.Client.Shutdown(SocketShutdown.Send);
        await AwaitEnd(secure, cancellation);
    }

    private static async Task Write(Stream stream, IReadOnlyList<byte[]> messages, CancellationToken cancellation)
    {
        foreach (var some in messages.Select(SyslogMessage.Framed).Chunk(WrittenAtOnce))
        {
            await stream.WriteAsync((byte[])[.. some.SelectMany(static frame => frame)], cancellation);
        }

        await stream.FlushAsync(cancellation);
    }

    /// <summary>A receiver that was killed, or that closes with something unread, resets the connection: that throws.</summary>
    private static async Task AwaitEnd(Stream stream, CancellationToken cancellation)
    {
        var ignored = new byte[1024];
        while (await stream.ReadAsync(ignored, cancellation) > 0)
        {
            // Receivers say nothing; whatever one says means nothing here.
        }
    }

    private SslClientAuthenticationOptions Trust()
    {
        var trust = new SslClientAuthenticationOptions { TargetHost = options.Host };
        if (options.ClientCertificate is { } certificate) trust.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, options.ClientKey)];
        if (options.TrustedCertificates is { } trusted) trust.CertificateChainPolicy = TrustedAuthorities.Of(trusted);
        return trust;
    }
}
