module example.com/containerwatch

go 1.19
