using System.Security.Cryptography;

namespace AccessFunctions.Integrations.Ssh;

/// <summary>What an OpenSSH user certificate says (OpenSSH's PROTOCOL.certkeys).</summary>
internal sealed record SshCertificate
{
    /// <summary>Extensions that can be given.</summary>
    public static IReadOnlyList<string> KnownExtensions { get; } =
        ["no-touch-required", "permit-X11-forwarding", "permit-agent-forwarding", "permit-port-forwarding", "permit-pty", "permit-user-rc"];

    private const uint User = 1;

    public required SshPublicKey Key { get; init; }

    /// <summary>Not 0.</summary>
    public required ulong Serial { get; init; }

    /// <summary>What servers log about whoever used it.</summary>
    public required string KeyId { get; init; }
    public required string Principal { get; init; }
    public required DateTimeOffset From { get; init; }

    /// <summary>The first instant at which it is not valid any more; whole seconds.</summary>
    public required DateTimeOffset Until { get; init; }
    public IReadOnlyList<string> Extensions { get; init; } = [];
    public string? SourceAddress { get; init; }
    public string? ForceCommand { get; init; }

    /// <summary>The certificate as a line of a <c>-cert.pub</c> file.</summary>
    public string Sign(SshAuthority authority)
    {
        var type = $"{Key.Type}-cert-v01@openssh.com";
        var signed = new SshWriter().String(type).String(RandomNumberGenerator.GetBytes(32)).Raw(Key.Fields)
            .UInt64(Serial).UInt32(User).String(KeyId).String(new SshWriter().String(Principal).ToArray())
            .UInt64((ulong)From.ToUnixTimeSeconds()).UInt64((ulong)Until.ToUnixTimeSeconds())
            .String(Options()).String(Allowed()).String("").String(authority.Blob);
        var signature = authority.Sign(signed.ToArray());
        return $"{type} {Convert.ToBase64String(signed.String(signature).ToArray())} {KeyId}";
    }

    /// <summary>In ordinal order of their names, as the format demands; the data of each is a string in a string.</summary>
    private byte[] Options()
    {
        var options = new SshWriter();
        if (ForceCommand is { } command) options.String("force-command").String(new SshWriter().String(command).ToArray());
        if (SourceAddress is { } networks) options.String("source-address").String(new SshWriter().String(networks).ToArray());
        return options.ToArray();
    }

    private byte[] Allowed()
    {
        var extensions = new SshWriter();
        foreach (var extension in Extensions.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)) extensions.String(extension).String("");
        return extensions.ToArray();
    }
}
