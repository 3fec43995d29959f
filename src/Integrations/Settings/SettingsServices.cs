using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Settings;

/// <summary>What the platform of settings needs of its host.</summary>
/// <param name="Groups">The access groups in force, and where they are saved.</param>
/// <param name="Directory">Finds the people that a document names.</param>
/// <param name="Rows">Keeps which version a grant made; every process of the host sees the same.</param>
/// <param name="Audit">Gets what was changed, with the request it was changed through.</param>
/// <param name="Platforms">The platforms, and where they are set; null: the files alone say which there are.</param>
public sealed record SettingsServices(IAccessGroups Groups, IDirectory Directory, IChannelStore Rows, IAuditLog Audit, TimeProvider Time,
    EditablePlatforms? Platforms = null);
