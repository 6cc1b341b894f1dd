import { Module, type ModuleMetadata, type Type } from '@nestjs/common';

/** A module class of a test's own. */
export function moduleOf(metadata: ModuleMetadata): Type {
  @Module(metadata)
  class TestModule {}
  return TestModule;
}
