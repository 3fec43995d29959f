using AccessFunctions.Integrations.People.Graph;

namespace AccessFunctions.Functions.Timers;

/// <summary>The directory as Microsoft Graph has it, where it is read from there.</summary>
/// <param name="readers">One or none.</param>
public sealed class GraphDirectory(IEnumerable<GraphReader> readers)
{
    /// <summary>Takes over what changed.</summary>
    /// <exception cref="Integrations.Mail.Graph.GraphException">Graph did not answer as hoped; the next run asks again.</exception>
    public async Task Run(CancellationToken cancellation)
    {
        foreach (var reader in readers) await reader.RunOnce(cancellation);
    }
}
