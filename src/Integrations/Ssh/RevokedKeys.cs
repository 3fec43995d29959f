using System.Globalization;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Authorities;

namespace AccessFunctions.Integrations.Ssh;

/// <summary>
/// A list of revoked certificates as <c>sshd</c> reads it (OpenSSH's PROTOCOL.krl): the serials of one authority. The format knows neither an
/// expiry nor, in current versions, a signature.
/// </summary>
internal sealed record RevokedKeys(ulong Version, IReadOnlySet<ulong> Serials)
{
    private const ulong Magic = 0x5353484B524C0A00;
    private const uint Format = 1;
    private const byte Certificates = 1;
    private const byte SerialList = 0x20;

    /// <summary>Writes an edition.</summary>
    /// <param name="authority">The authority's public key on the wire.</param>
    public static byte[] Write(byte[] authority, Edition edition, string comment)
    {
        var list = new SshWriter().UInt64(Magic).UInt32(Format).UInt64((ulong)edition.Number).UInt64((ulong)edition.At.ToUnixTimeSeconds()).UInt64(0).String("").String(comment);
        if (edition.Entries.Count == 0) return list.ToArray();
        var serials = new SshWriter();
        foreach (var serial in edition.Entries.Select(static entry => ulong.Parse(entry.Serial, CultureInfo.InvariantCulture)).Order()) serials.UInt64(serial);
        var section = new SshWriter().String(authority).String("").Byte(SerialList).String(serials.ToArray());
        return list.Byte(Certificates).String(section.ToArray()).ToArray();
    }

    /// <summary>Fetches the list as servers do.</summary>
    /// <exception cref="PlatformException">Transient: nothing usable is there.</exception>
    public static async Task<RevokedKeys> Fetch(Uri address, byte[] authority, CancellationToken cancellation) =>
        Read(await PublishedAddress.Fetch(address, "list of revoked keys", cancellation), authority) ?? throw new PlatformException($"What {address} answers is no list of revoked keys.");

    /// <summary>Reads what <see cref="Write"/> wrote: the authority's serials. Null where the bytes are no such list.</summary>
    public static RevokedKeys? Read(byte[] krl, byte[] authority)
    {
        try
        {
            var reader = new SshReader(krl);
            if (reader.UInt64() != Magic || reader.UInt32() != Format) return null;
            var version = reader.UInt64();
            _ = reader.UInt64();
            _ = reader.UInt64();
            _ = reader.String();
            _ = reader.String();
            var serials = new HashSet<ulong>();
            while (!reader.AtEnd)
            {
                var type = reader.Byte();
                var section = new SshReader(reader.String());
                if (type != Certificates) continue;
                var own = section.String().SequenceEqual(authority);
                _ = section.String();
                while (!section.AtEnd)
                {
                    var kind = section.Byte();
                    var entries = new SshReader(section.String());
                    while (own && kind == SerialList && !entries.AtEnd) _ = serials.Add(entries.UInt64());
                }
            }

            return new RevokedKeys(version, serials);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
