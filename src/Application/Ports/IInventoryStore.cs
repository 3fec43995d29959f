using AccessFunctions.Application.Inventory;

namespace AccessFunctions.Application.Ports;

/// <summary>
/// Keeps what was ingested from platforms, and how far ingesting got. A fact is found by its platform, its kind and its one or two names;
/// saving one that is stored as it is writes nothing.
/// </summary>
public interface IInventoryStore
{
    /// <summary>How far ingesting got, of every platform that was ever begun or asked for, in order of name.</summary>
    Task<IReadOnlyList<IngestProgress>> Progress(CancellationToken cancellation);

    /// <summary>The same of one; null: never begun.</summary>
    Task<IngestProgress?> Progress(string platform, CancellationToken cancellation);

    /// <summary>Stores that somebody wants a run. What they asked before is replaced.</summary>
    Task Ask(string platform, IngestAsk ask, CancellationToken cancellation);

    /// <summary>Begins a run of a platform, or goes on with the one that was broken off; one caller at a time, in whatever process.</summary>
    /// <returns>Null: another caller is at it.</returns>
    Task<IInventoryRun?> Begin(string platform, CancellationToken cancellation);

    /// <summary>Every identity and membership of a platform.</summary>
    Task<InventoryGraph> Graph(string platform, CancellationToken cancellation);

    /// <summary>What an identity was given, by resource in an order of the store's own.</summary>
    /// <param name="after">The resource after which the page begins; null: the first page.</param>
    /// <param name="limit">At least 1.</param>
    Task<Page<PrivilegeFact>> PrivilegesOf(string platform, string grantee, string? after, int limit, CancellationToken cancellation);

    /// <summary>Who was given something on a resource, by grantee in an order of the store's own.</summary>
    /// <param name="after">The grantee after whom the page begins; null: the first page.</param>
    Task<Page<PrivilegeFact>> PrivilegesOn(string platform, string resource, string? after, int limit, CancellationToken cancellation);

    /// <summary>Resources of a platform, in an order of the store's own.</summary>
    /// <param name="text">Only whose name contains it, in any case of ASCII letters; a page may then hold fewer, and a cursor. Null: all.</param>
    /// <param name="type">Only of exactly this <see cref="ResourceFact.Type"/>; a page may then hold fewer, too. Null: all.</param>
    /// <param name="cursor">The page before's; null: the first page.</param>
    /// <exception cref="FormatException">It is no cursor.</exception>
    Task<Page<ResourceFact>> Resources(string platform, string? text, string? type, string? cursor, int limit, CancellationToken cancellation);
}

/// <summary>One caller's turn with a platform's facts. Disposing it lets the next one in.</summary>
public interface IInventoryRun : IAsyncDisposable
{
    /// <summary>How far it got, as stored.</summary>
    IngestProgress Progress { get; }

    /// <summary>Saves facts as seen in this run, and where it is now; both or neither where the host's store can.</summary>
    /// <param name="facts">At most <see cref="MostFacts"/>.</param>
    /// <param name="then">Given how many facts were new or different: what is stored with them.</param>
    Task Save(IReadOnlyList<InventoryFact> facts, Func<int, IngestProgress> then, CancellationToken cancellation);

    /// <summary>Removes what no page of this run had, those before it was broken off included.</summary>
    /// <returns>How many.</returns>
    Task<int> RemoveUnseen(CancellationToken cancellation);

    /// <summary>Facts that are saved at once.</summary>
    static int MostFacts => 1000;
}
