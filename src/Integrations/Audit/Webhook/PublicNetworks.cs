using System.Net;
using System.Net.Sockets;

namespace AccessFunctions.Integrations.Audit.Webhook;

/// <summary>
/// Connects only to addresses of the public Internet, and to networks that are listed. The address that is checked is the one that is
/// connected to, so that a name cannot say one thing to the check and another to the connection.
/// </summary>
internal static class PublicNetworks
{
    /// <summary>What is not public: special-purpose blocks of the IANA registries for IPv4 and IPv6, and multicast.</summary>
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/127", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>True where an address may be called.</summary>
    public static bool MayCall(IPAddress address, IReadOnlyList<IPNetwork> allowed)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return allowed.Any(network => network.Contains(plain)) || !Special.Any(network => network.Contains(plain));
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="HttpRequestException">The name has no address that may be called, or none of them answers.</exception>
    public static async ValueTask<Stream> Connect(DnsEndPoint target, IReadOnlyList<IPNetwork> allowed, CancellationToken cancellation)
    {
        IPAddress[] known = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(target.Host, cancellation);
        var callable = known.Where(address => MayCall(address, allowed)).ToArray();
        if (callable.Length == 0) throw new HttpRequestException($"{target.Host} has no address that may be called: private, loopback and link-local networks have to be listed.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(callable, target.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
