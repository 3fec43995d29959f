using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AccessFunctions.Conformance.Tests.Replies;

/// <summary>A mail gateway: writes mails as a receiving server would hand them over, and posts them signed.</summary>
public static class MailGateway
{
    public const string Address = "/api/mail/inbound";
    public const string Secret = "a-secret-of-the-gateway-0123456789abcdef";
    public const string NextSecret = "the-secret-that-will-replace-it-0123456789";
    private const string Passed = "mx.example.org; dkim=pass header.d=example.org; dmarc=pass (p=reject) header.from=example.org";

    /// <summary>What a host needs to be told for replies.</summary>
    public static Dictionary<string, string?> Settings { get; } = new()
    {
        ["Mail:ReplyAddress"] = "access@example.org",
        ["Mail:Inbound:AuthservId"] = "mx.example.org",
        ["Mail:Inbound:Secrets:0"] = Secret,
        ["Mail:Inbound:Secrets:1"] = NextSecret,
    };

    /// <summary>A mail as the receiving server hands it over.</summary>
    /// <param name="person">Who writes; they are <c>person@example.org</c>.</param>
    /// <param name="to">The address it goes to.</param>
    /// <param name="words">The first line and what is below.</param>
    /// <param name="id">Tells this mail from others.</param>
    /// <param name="results">What the server saw; null: DMARC passed.</param>
    /// <param name="more">More header lines, each ended.</param>
    public static byte[] Mail(string person, string to, string words, string id = "reply-1", string? results = null, string more = "") => Encoding.UTF8.GetBytes(
        $"Authentication-Results: {results ?? Passed}\r\nFrom: {person} <{person}@example.org>\r\nTo: <{to}>\r\nSubject: Re: Please decide\r\nMessage-ID: <{id}@mail.example.org>\r\n{more}"
        + $"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n\r\nOn Mon, Nov 23, 2026 at 9:00 AM Access Functions <access@example.org> wrote:\r\n\r\n> DISAPPROVE\r\n> APPROVE\r\n");

    /// <summary>The same as Microsoft Graph shows it (https://learn.microsoft.com/graph/api/resources/message).</summary>
    public static byte[] GraphMessage(string person, string to, string html, string id) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
    {
        ["@odata.context"] = "https://graph.microsoft.com/v1.0/$metadata#users('x')/messages/$entity",
        ["id"] = id,
        ["subject"] = "Re: Please decide",
        ["internetMessageId"] = $"<{id}@mail.example.org>",
        ["from"] = new { emailAddress = new { name = person, address = $"{person}@example.org" } },
        ["toRecipients"] = new[] { new { emailAddress = new { name = "Access", address = to } } },
        ["internetMessageHeaders"] = new[] { new { name = "Authentication-Results", value = Passed } },
        ["body"] = new { contentType = "html", content = html },
    });

    /// <summary>Posts a body with its signature.</summary>
    public static Task<Answer> Post(this IScenarioHost host, byte[] body, string type = "message/rfc822", string secret = Secret, TimeSpan off = default) =>
        host.Post(body, type, Sign(body, secret, host.Now + off));

    /// <summary>Posts a body with that header; null: without.</summary>
    public static async Task<Answer> Post(this IScenarioHost host, byte[] body, string type, string? signature)
    {
        using var client = host.As(null);
        using var request = new HttpRequestMessage(HttpMethod.Post, Address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (signature is not null) request.Headers.Add("X-Access-Signature", signature);
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, text.Length > 0 ? JsonDocument.Parse(text).RootElement : default, null);
    }

    /// <summary>As a gateway's own code would: <c>t=…,v1=HMAC-SHA256(t.body)</c>.</summary>
    public static string Sign(byte[] body, string secret, DateTimeOffset at)
    {
        var t = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(t + "."), .. body];
        return $"t={t},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }
}
