/** The number of a workgroup, however tfjs has folded a long dispatch into two or three dimensions. */
export const groupIndex = `
    fn groupIndex() -> u32 {
      return (workgroupId.z * numWorkgroups.y + workgroupId.y) * numWorkgroups.x + workgroupId.x;
    }`;
