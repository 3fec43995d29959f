using AccessFunctions.Application;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Functions.Timers;

/// <summary>Tells requests what changed in the directory, as it is in the store now, whichever process changed it.</summary>
public sealed class DirectorySweeper(TableAccessGroups groups, ConfigurationFolder folder, DirectoryWatch watch)
{
    /// <summary>Reads again and sweeps once; where some could not be told, the next run sweeps again.</summary>
    /// <exception cref="Requests.TransientException">The store did not answer.</exception>
    public async Task Run(CancellationToken cancellation)
    {
        await groups.Refresh(cancellation);
        await folder.ReadOverlayAgain(cancellation);
        _ = await watch.Sweep(cancellation);
    }
}
