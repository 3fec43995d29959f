using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Authorities;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>What platforms are built with.</summary>
/// <param name="Host">What vaults release from, and where platforms keep what they make and publish it.</param>
/// <param name="Groups">The access groups in force.</param>
/// <param name="Directory">Finds people.</param>
/// <param name="Documents">The platforms as documents that change at run time; null: the files alone say which there are.</param>
/// <param name="Platforms">Finds other platforms, when they are needed: not all are built yet.</param>
/// <param name="Folder">The configuration's folder, which paths in options are relative to.</param>
internal sealed record PlatformServices(
    AuthorityServices Host, IAccessGroups Groups, IDirectory Directory, EditablePlatforms? Documents, IPlatforms Platforms, string Folder, ILoggerFactory Loggers)
{
    public ILogger<T> Logger<T>() => Loggers.CreateLogger<T>();
}
