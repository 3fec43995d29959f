namespace AccessFunctions.Api;

/// <summary>What the host decides about the API.</summary>
public sealed class ApiOptions
{
    /// <summary>
    /// True only where the host was started as a demo and listens on loopback alone: demo tokens are then accepted, and every call that
    /// does not come straight from this machine is refused.
    /// </summary>
    public bool Demo { get; set; }
}
