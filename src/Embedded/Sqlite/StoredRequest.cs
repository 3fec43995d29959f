using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>A request as a transaction left it, with the row it has and what its index rows say.</summary>
public sealed record StoredRequest(long Row, AccessRequest State, RequestIndex Index);
