using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace AccessFunctions.Integrations.Mail.Smtp;

/// <summary>
/// Hands one mail to one recipient over SMTP (RFC 5321): STARTTLS or TLS, sign-in by PLAIN or LOGIN where a name is configured. Each mail
/// has a connection of its own, so that one that hangs holds up no other.
/// </summary>
public sealed class SmtpDelivery(SmtpOptions options, TimeProvider time, RemoteCertificateValidationCallback? trust = null)
{
    /// <summary>Codes that are about the mailbox itself, and come again however often it is tried.</summary>
    private static readonly HashSet<int> AboutMailbox = [550, 551, 553, 556];

    /// <summary>Delivers.</summary>
    /// <param name="from">The envelope's sender: where bounces go.</param>
    /// <param name="to">The one recipient.</param>
    /// <param name="message">The message as <see cref="EmlWriter"/> writes it: ASCII, CRLF.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="RecipientRefusedException">The server refuses the recipient for good.</exception>
    /// <exception cref="MailNotTakenException">The server did not take it; later it may. Where the last answer was lost, it may have taken it.</exception>
    public async Task Deliver(Mailbox from, Mailbox to, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(options.TimeoutSeconds), time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var connection = await SmtpConnection.Open(options.Host!, options.EffectivePort, bound.Token);
            await Greet(connection, bound.Token);
            await HandOver(connection, from, to, message, bound.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new MailNotTakenException($"The mail server did not answer within {options.TimeoutSeconds} seconds.");
        }
        catch (AuthenticationException failure)
        {
            throw new MailNotTakenException($"No TLS with the mail server: {failure.Message}", failure);
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            throw new MailNotTakenException($"The mail server cannot be reached: {failure.Message}", failure);
        }
    }

    private async Task Greet(SmtpConnection connection, CancellationToken cancellation)
    {
        if (options.Security == SmtpSecurity.Tls) await connection.Secure(options.Host!, trust, cancellation);
        Positive("greeting", await connection.Read(cancellation));
        var offered = Positive("EHLO", await connection.Say("EHLO access-functions", cancellation));
        if (options.Security == SmtpSecurity.StartTls)
        {
            if (offered.Extension("STARTTLS") is null) throw new MailNotTakenException("The mail server offers no STARTTLS, so nothing is sent through it.");
            Positive("STARTTLS", await connection.Say("STARTTLS", cancellation));
            await connection.Secure(options.Host!, trust, cancellation);
            offered = Positive("EHLO", await connection.Say("EHLO access-functions", cancellation));
        }

        if (options.UserName is { } name) await SignIn(connection, offered, name, options.Password!, cancellation);
    }

    private static async Task SignIn(SmtpConnection connection, SmtpReply offered, string name, string password, CancellationToken cancellation)
    {
        var methods = (offered.Extension("AUTH") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (methods.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            Positive("AUTH PLAIN", await connection.Say($"AUTH PLAIN {Encoded($"\0{name}\0{password}")}", cancellation));
        }
        else if (methods.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            Positive("AUTH LOGIN", await connection.Say("AUTH LOGIN", cancellation));
            Positive("AUTH LOGIN", await connection.Say(Encoded(name), cancellation));
            Positive("AUTH LOGIN", await connection.Say(Encoded(password), cancellation));
        }
        else
        {
            throw new MailNotTakenException("The mail server offers neither AUTH PLAIN nor AUTH LOGIN.");
        }
    }

    private static async Task HandOver(SmtpConnection connection, Mailbox from, Mailbox to, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        Positive("MAIL", await connection.Say($"MAIL FROM:<{from.Address}>", cancellation));
        var recipient = await connection.Say($"RCPT TO:<{to.Address}>", cancellation);
        // A right that is missing is somebody's to mend, and then the mail goes out.
        if (AboutMailbox.Contains(recipient.Code) && !recipient.IsPolicy) throw new RecipientRefusedException(recipient.Short);
        Positive("RCPT", recipient);
        Positive("DATA", await connection.Say("DATA", cancellation));
        await connection.Send(Stuffed(message.Span), cancellation);
        Positive("the message", await connection.Read(cancellation));
        try
        {
            _ = await connection.Say("QUIT", cancellation);
        }
        catch (Exception failure) when (failure is IOException or MailNotTakenException or OperationCanceledException)
        {
            // The server has the mail: how the goodbye went does not matter, and to fail here would send it twice.
        }
    }

    private static SmtpReply Positive(string step, SmtpReply reply) =>
        reply.IsPositive ? reply : throw new MailNotTakenException($"The mail server did not accept {step}: {reply.Short}.");

    /// <summary>The message with lines that begin with a dot doubled, and its end (RFC 5321, section 4.5.2).</summary>
    private static byte[] Stuffed(ReadOnlySpan<byte> message)
    {
        using var bytes = new MemoryStream(message.Length + 64);
        var start = true;
        foreach (var b in message)
        {
            if (start && b == '.') bytes.WriteByte((byte)'.');
            bytes.WriteByte(b);
            start = b == '\n';
        }

        if (!start) bytes.Write("\r\n"u8);
        bytes.Write(".\r\n"u8);
        return bytes.ToArray();
    }

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
