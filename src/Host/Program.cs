using Moldau.Host;

return await MoldauProgram.RunAsync(args, ProgramContext.OfProcess());
