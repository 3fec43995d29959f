using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace AccessFunctions.Tests.Shared;

/// <summary>Ports of 127.0.0.1 for programs that have to be told theirs.</summary>
internal static class FreePort
{
    /// <summary>Below the range that outgoing connections use, so that nobody takes the port before its program does, or while that is down.</summary>
    public static int Find()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(20_000, 32_000);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException busy) when (busy.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                continue;
            }
        }
    }
}
