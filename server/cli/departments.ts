import { changeDepartmentInput, createDepartmentInput } from "../hospital/departments/departments.input.ts";
import {
  createDepartment,
  type Department,
  listDepartments,
  updateDepartment,
} from "../hospital/departments/departments.ts";
import { needed, readArguments } from "./arguments.ts";
import { asJson, type Command, listed, table } from "./command.ts";
import { departmentOf } from "./find-by-key.ts";
import { changesOf, checked, emptied, yesOrNo } from "./options.ts";
import { insideHospital } from "./place.ts";

const text = { type: "string" } as const;

const header = ["KEY", "NAME", "PEOPLE", "STATE"];

const rowOf = ({ key, name, users, active }: Department): readonly string[] => [
  ...[key, name, String(users), active ? "in use" : "out of use"],
];

const list: Command = {
  name: "departments:list",
  summary: "List a hospital's departments, those out of use last",
  usage: "wardline departments:list --hospital SUBDOMAIN [--json]",
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const departments = await listDepartments(context);
    io.out(
      given.json ? asJson(departments) : listed(header, departments.map(rowOf), "There are no departments."),
    );
    return 0;
  },
};

const create: Command = {
  name: "departments:create",
  summary: "Add a department",
  usage: "wardline departments:create --hospital SUBDOMAIN --name NAME [--description TEXT] [--json]",
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, name: text, description: text });
    const input = checked(createDepartmentInput, {
      name: needed("name", given.name),
      description: given.description,
    });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const department = await createDepartment(context, input);
    io.out(given.json ? asJson(department) : table([header, rowOf(department)]));
    return 0;
  },
};

const change: Command = {
  name: "departments:change",
  summary: "Change a department, or take it out of use",
  usage: `wardline departments:change --hospital SUBDOMAIN --department DEPARTMENT [options]

  --department DEPARTMENT  its key or its name
  --name NAME              what it is called from now on
  --description TEXT       what it is for; "" takes it away
  --in-use yes|no          out of use, those who belong to it stay and nobody new is put into it
  --json                   answer as JSON`,
  async run(services, args, io) {
    const given = readArguments(args, {
      ...{ hospital: text, department: text, name: text, description: text },
      "in-use": text,
    });
    const input = changesOf(changeDepartmentInput, {
      ...{ name: given.name, description: emptied(given.description) },
      active: yesOrNo("in-use", given["in-use"]),
    });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const { id } = await departmentOf(context, needed("department", given.department));
    const department = await updateDepartment(context, id, input);
    io.out(given.json ? asJson(department) : table([header, rowOf(department)]));
    return 0;
  },
};

export const departmentCommands: readonly Command[] = [list, create, change];
