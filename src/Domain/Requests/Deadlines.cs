namespace AccessFunctions.Domain.Requests;

/// <summary>Reads the next deadline off a request's state.</summary>
public static partial class Deadlines
{
    /// <summary>The earliest instant at which <see cref="DeadlineReached"/> would change something; null: none is awaited.</summary>
    public static DateTimeOffset? Next(AccessRequest request) => throw new NotSupportedException();
}
