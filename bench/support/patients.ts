import type postgres from "postgres";

/** Made-up patients of a size: names of syllables, ages 0 to 90, a tenth with a phone shared by a family. */
export async function fillPatients(sql: postgres.Sql, count: number): Promise<{ readonly someId: string }> {
  await sql`
    insert into patients (id, mrn, first_name, last_name, sex, born_on, phone, city, created_at)
    select gen_random_uuid(),
           'B' || to_char(i, 'FM00000000'),
           initcap((array['sa','ma','ra','ni','ha','za','fa','la'])[1 + i % 8] || (array['mir','nab','lid','dia','wan','yan','ima','tif'])[1 + (i / 8) % 8]),
           initcap((array['qur','kha','mal','sid','ahm','bha','cho','raj'])[1 + (i / 64) % 8] || (array['eshi','n','ik','iqui','ed','tti','udhry','put'])[1 + (i / 512) % 8]),
           (array['female','male'])[1 + i % 2],
           date '2026-01-01' - (i * 7 % 33000),
           case when i % 10 = 0 then '+92300' || to_char(i / 30, 'FM0000000') end,
           (array['Lahore','Karachi','Multan','Quetta'])[1 + i % 4],
           now() - i * interval '1 minute'
      from generate_series(1, ${count}::int) i`;
  await sql`update limits set used = used + ${count} where resource = 'patients'`;
  await sql`analyze patients`;
  const [row] = await sql<
    { id: string }[]
  >`select id from patients order by created_at desc offset ${Math.floor(count / 2)} limit 1`;
  await sql.end();
  if (row === undefined) throw new Error("No patient was made.");
  return { someId: row.id };
}
