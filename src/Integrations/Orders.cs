using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations;

/// <summary>Orders as adapters read them: what they mean, or what is wrong with them.</summary>
internal static class Orders
{
    /// <summary>The meaning of an order that is to be granted.</summary>
    /// <exception cref="PlatformException">Permanent: it cannot be read.</exception>
    public static T Required<T>(this (T? Order, string? Problem) read, string platform)
        where T : class => read.Order ?? throw new PlatformException($"{platform}: {read.Problem}", permanent: true);
}
