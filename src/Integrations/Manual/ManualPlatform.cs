using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Manual;

/// <summary>One manual platform: what people give and take by hand.</summary>
public sealed record ManualOptions
{
    /// <summary>The first segment of its resources.</summary>
    public string Name { get; init; } = "manual";

    /// <summary>Kinds that can be asked for here.</summary>
    public IReadOnlyList<AccessKind> Kinds { get; init; } = [AccessKind.Other];

    /// <summary>Who does it, where the resource names nobody: <c>person</c>, <c>group:name</c> or <c>role:Name</c>.</summary>
    public IReadOnlyList<string> Fulfillers { get; init; } = [];

    public IReadOnlyList<ManualResource> Resources { get; init; } = [];

    /// <summary>What fulfillers need to know besides; the request and its messages show it.</summary>
    public IReadOnlyList<PlatformParameter> Parameters { get; init; } = [];
}

/// <summary>Something that people give: <c>{platform}/{Name}</c>. <see cref="Fulfillers"/> null: the platform's.</summary>
public sealed record ManualResource
{
    public required string Name { get; init; }
    public string? Description { get; init; }
    public IReadOnlyList<string>? Fulfillers { get; init; }
}

/// <summary>Access that people give and take by hand: a named fulfiller confirms that it is done, and that it is removed.</summary>
/// <param name="options">What is offered, and who does it.</param>
/// <param name="directory">Finds the fulfillers at the moment they are needed.</param>
public sealed class ManualPlatform(ManualOptions options, IDirectory directory) : IPlatform
{
    /// <summary>The adapter's type.</summary>
    public const string TypeName = "manual";

    private readonly Dictionary<string, ManualResource> _offered = options.Resources.ToDictionary(resource => resource.Name, StringComparer.Ordinal);

    public string Name => options.Name;

    public string Type => TypeName;

    public IReadOnlyList<AccessKind> Kinds => options.Kinds;

    public IReadOnlyList<PlatformParameter> Parameters => options.Parameters;

    /// <summary>Each grant is given and taken by itself.</summary>
    public SharedPrivilege? Shared(PlatformOrder order) => null;

    public Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<PlatformResource>>(
            [.. options.Resources.Select(resource => new PlatformResource($"{Name}/{resource.Name}", resource.Description, Kinds))]);

    /// <summary>None are known here.</summary>
    public Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformIdentity>>([]);

    /// <summary>Changes nothing: names who has to.</summary>
    public Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
    {
        if (!Kinds.Contains(order.Kind)) throw new PlatformException($"{Name} does not give access of kind {order.Kind}.", permanent: true);
        if (!_offered.ContainsKey(order.Path)) throw new PlatformException($"{Name} offers nothing named \"{order.Path}\".", permanent: true);
        var fulfillers = Doers(order);
        return fulfillers.Count > 0
            ? Task.FromResult(new GrantResult(Fulfillers: fulfillers))
            : throw new PlatformException($"{order.Resource} names no active fulfiller besides the requester.");
    }

    /// <summary>No end is held here.</summary>
    public Task Extend(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Nothing a machine could take: <see cref="ReadBack"/> asks the fulfillers.</summary>
    public Task Revoke(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    public Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation) =>
        Task.FromResult(new ReadBackResult(
            Present: false, Through: null, $"{order.Resource} is given and taken by hand: a fulfiller confirms the removal.", AwaitsPerson: true, Doers(order)));

    /// <summary>No sessions are known here.</summary>
    public Task Disconnect(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>No credential is held here.</summary>
    public Task Rotate(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    public Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation) => Task.FromResult<ReleasedSecret?>(null);

    private IReadOnlyList<string> Doers(PlatformOrder order) =>
        Fulfillers.Of(_offered.GetValueOrDefault(order.Path)?.Fulfillers ?? options.Fulfillers, directory.Current, order.Requester);
}
