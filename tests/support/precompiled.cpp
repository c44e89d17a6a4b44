// Gives dotmoe_test_pch a source file to precompile the shared header for.
