using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Recordings;

/// <summary>A recording as its page shows it.</summary>
/// <param name="Media">The address of its bytes.</param>
/// <param name="Until">When the link ends.</param>
/// <param name="Transcript">What it says, where it is text.</param>
public sealed record RecordingModel(AccessRequest Request, Recording Recording, string Media, DateTimeOffset Until, Transcript? Transcript);
