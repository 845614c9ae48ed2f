using Moldau.EndToEnd;

return await Comparison.RunAsync(args);
