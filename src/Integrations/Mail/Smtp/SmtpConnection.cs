using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace AccessFunctions.Integrations.Mail.Smtp;

/// <summary>One connection to a mail server: lines out, replies in, and the upgrade to TLS. Strict and bounded; the caller bounds the time.</summary>
internal sealed class SmtpConnection : IDisposable
{
    private const int LongestReply = 16 * 1024;
    private readonly TcpClient _client;
    private readonly byte[] _buffer = new byte[4096];
    private Stream _stream;
    private int _at, _end;

    private SmtpConnection(TcpClient client) => (_client, _stream) = (client, client.GetStream());

    public static async Task<SmtpConnection> Open(string host, int port, CancellationToken cancellation)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(host, port, cancellation);
            return new SmtpConnection(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Puts TLS over the connection; the certificate must be valid for the name.</summary>
    public async Task Secure(string host, RemoteCertificateValidationCallback? trust, CancellationToken cancellation)
    {
        // What came before the handshake was not protected, and must not be taken for what comes after it.
        if (_at != _end) throw new MailNotTakenException("The mail server sent more than its answer before TLS began.");
        var secure = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = secure;
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host, RemoteCertificateValidationCallback = trust }, cancellation);
    }

    /// <summary>Sends a line and reads the reply to it.</summary>
    public async Task<SmtpReply> Say(string line, CancellationToken cancellation)
    {
        await Send(Encoding.ASCII.GetBytes(line + "\r\n"), cancellation);
        return await Read(cancellation);
    }

    public async Task Send(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await _stream.WriteAsync(bytes, cancellation);
        await _stream.FlushAsync(cancellation);
    }

    public async Task<SmtpReply> Read(CancellationToken cancellation)
    {
        var lines = new List<string>();
        var (code, length, last) = (0, 0, false);
        while (!last)
        {
            var line = await Line(LongestReply - length, cancellation);
            length += line.Length + 2;
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), out var number) || number is < 200 or > 599 || (line.Length > 3 && line[3] is not (' ' or '-')) || (code != 0 && number != code))
                throw new MailNotTakenException("What answers is no mail server: its reply does not begin with a code.");
            (code, last) = (number, line.Length == 3 || line[3] == ' ');
            lines.Add(line.Length > 4 ? line[4..] : "");
        }

        return new SmtpReply(code, lines);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _client.Dispose();
    }

    private async Task<string> Line(int longest, CancellationToken cancellation)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, await _stream.ReadAsync(_buffer, cancellation));
                if (_end == 0) throw new MailNotTakenException("The mail server closed the connection.");
            }

            var b = _buffer[_at++];
            if (b == '\n') return line.Length > 0 && line[^1] == '\r' ? line.ToString(0, line.Length - 1) : line.ToString();
            if (line.Length >= longest) throw new MailNotTakenException("The mail server's reply is too long.");
            line.Append((char)b);
        }
    }
}
