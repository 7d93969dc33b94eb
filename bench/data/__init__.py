"""The data of the benchmarks: encrypted and searchable like the product's own, loaded by COPY, kept between runs."""
